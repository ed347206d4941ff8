#pragma once
#include <vector>

#include "kernels/dp/shared_rows.hpp"
#include "src/dist/ghost_exchange.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::incremental_worst_case {

/// What the models of a family share of their rows [model], whose next states are still global and rise within a pair, as sources give them; those of the result are places in local storage.
/// It does not depend on ranks how a pair lies.
dp::SharedRows share_rows(std::vector<mdp::Rows> const& rows, GhostExchange const& exchange);

}  // namespace bellshard::incremental_worst_case
