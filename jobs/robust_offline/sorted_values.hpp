#pragma once
#include "jobs/robust_offline/offline_data.hpp"
#include "kernels/dp/regression_sums.hpp"

namespace bellshard::robust_offline {

/// All merged rows of one stage of a data set on this rank: [row].
struct WholeSet {
  Array<double> state;
  Array<std::int32_t> action;
  Array<double> count;
  Array<double> value;
};
/// Gathers the rows of own set `set`, 32 bytes each, where ranks share them. `next` [own row] what comes after is worth. Collective there.
WholeSet whole_set(Context& context, OfflineData const& data, std::int64_t stage, std::int64_t set, Array<double> const& next);

/// The distinct values ascending, and which one each row has.
dp::SortedValues sort_values(Array<double> const& value);

}  // namespace bellshard::robust_offline
