#include "jobs/robust_offline/sorted_values.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/host_copy.hpp"
#include "src/dist/gather.hpp"

namespace bellshard::robust_offline {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

WholeSet whole_set(Context& context, OfflineData const& data, std::int64_t stage, std::int64_t set, Array<double> const& next) {
  auto const& shares = data.shares;
  auto const& steps = data.stage[at(stage)];
  auto const first = to_host(steps.begin, set * shares.own_blocks(), 1).front(), last = to_host(steps.begin, (set + 1) * shares.own_blocks(), 1).front();
  auto const part = [&](auto const& array) {  // ranks hold blocks in their order
    auto const own = to_host(array, first, last - first);
    std::vector<double> const numbers(own.begin(), own.end());
    return shares.sharing == Sharing::rows ? gather_from_ranks(context.comm(), numbers) : numbers;
  };
  auto const action = part(steps.action);
  auto const label = "bellshard::robust_offline::whole";
  return {to_device(part(steps.state), label), to_device(std::vector<std::int32_t>(action.begin(), action.end()), label), to_device(part(steps.count), label), to_device(part(next), label)};
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
