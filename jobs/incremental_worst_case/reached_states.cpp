#include "jobs/incremental_worst_case/reached_states.hpp"

#include <utility>

#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::incremental_worst_case {

Array<std::int32_t> reached_states(Mail const& mail, Partition const& states, GhostExchange const& exchange, dp::FamilyModel const& model, dp::SharedRows const& rows, Array<std::int32_t> const& action,
                                   std::int64_t start) {
  auto const own = states.block(mail.rank());
  auto const on_host = [](auto const& view) { return Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), view); };  // no copy where kernels run on the host
  auto const pair_begin = on_host(model.pair_begin), entry_begin = on_host(rows.entry_begin);
  auto const next = on_host(rows.next);
  auto const chosen = on_host(action);
  std::vector<std::uint8_t> reached(static_cast<std::size_t>(exchange.local_items()), 0);
  std::vector<std::int64_t> left;  // own states that are reached and not yet walked from
  auto const reach = [&](std::int64_t place) {
    return std::exchange(reached[static_cast<std::size_t>(place)], std::uint8_t{1}) == 0;
  };
  auto const reach_own = [&](std::int64_t state) {
    if (reach(exchange.local_index(state))) left.push_back(state - own.begin);
  };
  if (own.contains(start)) reach_own(start);
  do {  // inside this rank until nothing changes, then across
    std::vector<std::vector<std::int64_t>> to(static_cast<std::size_t>(mail.ranks()));
    while (!left.empty()) {
      auto const s = left.back();
      left.pop_back();
      auto const pair = pair_begin(s) + chosen(s);
      for (std::int64_t e = entry_begin(pair); e < entry_begin(pair + 1); ++e) {
        auto const item = next(e) - exchange.own_first();
        if (!reach(next(e))) continue;
        if (item >= 0 && item < own.size()) {
          left.push_back(item);
        } else {  // ghosts lie behind the own states
          auto const state = exchange.foreign()[static_cast<std::size_t>(item - own.size())];
          to[static_cast<std::size_t>(states.owner(state))].push_back(state);
        }
      }
    }
    if (mail.ranks() == 1) break;
    for (auto const state : mail.deliver(std::move(to)).items) reach_own(state);
  } while (any_over_ranks(mail.comm(), !left.empty()));
  std::vector<std::int32_t> list;
  for (std::int64_t s = 0; s < own.size(); ++s)
    if (reached[static_cast<std::size_t>(exchange.own_first() + s)]) list.push_back(static_cast<std::int32_t>(s));
  return to_device(list, "bellshard::incremental_worst_case::reached_states");
}

}  // namespace bellshard::incremental_worst_case
