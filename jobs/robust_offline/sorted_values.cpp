#include "jobs/robust_offline/sorted_values.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::robust_offline {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Own rows into an array of all rows, by a sum of zeros but for one rank's.
template <class T>
std::vector<double> gather(Context& context, Shares const& shares, std::vector<T> const& own) {
  std::vector<double> all(at(shares.trajectories), 0);
  std::copy(own.begin(), own.end(), all.begin() + shares.rows.begin);
  constexpr std::int64_t piece = 1 << 24;
  for (std::int64_t first = 0; first < shares.trajectories; first += piece)
    sum_over_ranks(context.comm(), std::span(all).subspan(at(first), at(std::min(piece, shares.trajectories - first))));
  return all;
}

}  // namespace

WholeSet whole_set(Context& context, OfflineData const& data, std::int64_t stage, std::int64_t set, Array<double> const& next) {
  auto const& shares = data.shares;
  auto const rows = shares.own_rows();
  auto const part = [&](auto const& array) { return to_host(array, set * rows, rows); };
  auto const state = part(data.state[at(stage)]), value = part(next);
  auto const action = part(data.action[at(stage)]);
  if (shares.sharing != Sharing::rows)
    return {to_device(state, "bellshard::robust_offline::state"), to_device(action, "bellshard::robust_offline::action"), to_device(value, "bellshard::robust_offline::value")};
  auto const actions = gather(context, shares, action);
  return {to_device(gather(context, shares, state), "bellshard::robust_offline::state"),
          to_device(std::vector<std::int32_t>(actions.begin(), actions.end()), "bellshard::robust_offline::action"),
          to_device(gather(context, shares, value), "bellshard::robust_offline::value")};
}

dp::SortedValues sort_values(Array<double> const& array) {
  auto const value = to_host(array);
  std::vector<std::int32_t> order(value.size()), place(value.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return value[at(a)] < value[at(b)]; });
  std::vector<double> distinct;
  for (auto const row : order) {
    if (distinct.empty() || value[at(row)] != distinct.back()) distinct.push_back(value[at(row)]);
    place[at(row)] = static_cast<std::int32_t>(distinct.size()) - 1;
  }
  return {to_device(place, "bellshard::robust_offline::place"), to_device(distinct, "bellshard::robust_offline::distinct")};
}

}  // namespace bellshard::robust_offline
