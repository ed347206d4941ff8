#pragma once
#include "kernels/dp/shared_rows.hpp"
#include "src/dist/ghost_exchange.hpp"
#include "src/dist/mail.hpp"

namespace bellshard::incremental_worst_case {

/// Own states, rising, that a policy (action [own state]) may come to from one state in any model of a family: no others bear on its value there. Collective.
Array<std::int32_t> reached_states(Mail const& mail, Partition const& states, GhostExchange const& exchange, dp::FamilyModel const& model, dp::SharedRows const& rows, Array<std::int32_t> const& action,
                                   std::int64_t start);

}  // namespace bellshard::incremental_worst_case
