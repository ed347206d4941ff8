#include "src/mdp/graph/end_components.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "src/base/error.hpp"
#include "src/mdp/graph/strong_components.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t none = -1;

/// For each state of `todo`, 1 where its component lost a pair on any rank. `lost`: the roots of those that lost one here;
/// `at_root` [own state] is all 0 before and after.
Flags lost_anywhere(ShardGraph const& graph, std::vector<Local> const& todo, std::vector<std::int64_t> const& root,
                    std::vector<std::int64_t> lost, Flags& at_root) {
  std::sort(lost.begin(), lost.end());
  lost.erase(std::unique(lost.begin(), lost.end()), lost.end());
  auto const own = graph.rows().own;
  std::vector<std::vector<std::int64_t>> to(graph.mail().ranks());
  for (auto state : lost) to[graph.partition().owner(state)].push_back(state);
  auto const heard = graph.mail().deliver(std::move(to)).items;
  for (auto state : heard) at_root[state - own.begin] = 1;

  std::vector<std::int64_t> roots;
  for (auto state : todo) roots.push_back(root[state]);
  Flags answer;
  if (graph.mail().ranks() == 1) {
    for (auto state : roots) answer.push_back(at_root[state]);
  } else {
    answer = graph.mail().look_up(graph.partition(), roots, std::span<std::uint8_t const>(at_root));
  }
  for (auto state : heard) at_root[state - own.begin] = 0;
  return answer;
}

/// Component roots [own state] become 0, 1, ... in the order of the least state of each component. Returns how many.
std::int64_t number_by_least_state(ShardGraph const& graph, std::vector<std::int64_t>& component) {
  auto const& mail = graph.mail();
  auto const own = graph.rows().own;
  std::map<std::int64_t, std::int64_t> least_here;
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (component[s] != none) least_here.emplace(component[s], graph.global(s));
  }
  struct Claim {
    std::int64_t root;
    std::int64_t least;
  };
  std::vector<std::vector<Claim>> to(mail.ranks());
  for (auto const& [root, least] : least_here) to[graph.partition().owner(root)].push_back({root, least});
  std::vector<std::int64_t> least_of(graph.own_states(), none);  // [own state], at roots
  for (auto const& claim : mail.deliver(std::move(to)).items) {
    auto& least = least_of[claim.root - own.begin];
    least = least == none ? claim.least : std::min(least, claim.least);
  }

  std::vector<std::int64_t> roots;
  for (auto const& [root, least] : least_here) roots.push_back(root);
  auto const leaders = mail.look_up(graph.partition(), roots, std::span<std::int64_t const>(least_of));
  std::vector<std::int64_t> led;  // own states that are the least of their component
  for (auto leader : leaders) {
    if (own.contains(leader)) led.push_back(leader);
  }
  std::sort(led.begin(), led.end());
  auto const counted = static_cast<std::int64_t>(led.size());
  std::int64_t before = 0;
  BELLSHARD_MPI(MPI_Exscan(&counted, &before, 1, MPI_INT64_T, MPI_SUM, mail.comm()));
  if (mail.rank() == 0) before = 0;
  std::vector<std::int64_t> number(graph.own_states(), none);  // [own state], at leaders
  for (std::size_t k = 0; k < led.size(); ++k) number[led[k] - own.begin] = before + static_cast<std::int64_t>(k);

  auto const numbers = mail.look_up(graph.partition(), leaders, std::span<std::int64_t const>(number));
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (component[s] == none) continue;
    component[s] = numbers[std::lower_bound(roots.begin(), roots.end(), component[s]) - roots.begin()];
  }
  return sum_over_ranks(mail.comm(), counted);
}

}  // namespace

EndComponents end_components(ShardGraph const& graph, Flags states, Flags among) {
  Remainder remainder(graph, std::move(states), Flags(graph.own_states(), 0), std::move(among));
  std::vector<std::int64_t> root(graph.local_states(), none);
  Flags at_root(graph.own_states(), 0);
  std::vector<Local> todo;
  remainder.settle();
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (remainder.left()[s]) todo.push_back(s);
  }
  while (graph.anywhere(!todo.empty())) {
    strong_components(graph, todo, remainder.usable(), root);
    std::vector<std::int64_t> lost;  // roots of components with a pair that leaves them
    std::vector<Local> leaving;
    for (auto s : todo) {
      for (auto pair = graph.first_pair(s); pair < graph.first_pair(s + 1); ++pair) {
        if (!remainder.usable()[pair]) continue;
        auto const next = graph.next(pair);
        if (std::all_of(next.begin(), next.end(), [&](Local t) { return root[t] == root[s]; })) continue;
        lost.push_back(root[s]);
        leaving.push_back(pair);
      }
    }
    auto const open = lost_anywhere(graph, todo, root, std::move(lost), at_root);
    for (auto pair : leaving) remainder.take_pair(pair);
    remainder.settle();
    std::vector<Local> again;
    for (std::size_t k = 0; k < todo.size(); ++k) {
      if (open[k] && remainder.left()[todo[k]]) again.push_back(todo[k]);
    }
    todo = std::move(again);
  }

  EndComponents found;
  found.component.assign(root.begin(), root.begin() + graph.own_states());
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (!remainder.left()[s]) found.component[s] = none;
  }
  found.internal = remainder.usable();
  found.count = number_by_least_state(graph, found.component);
  return found;
}

EndComponents end_components(MPI_Comm comm, Partition const& states, Rows const& rows, std::span<std::uint8_t const> among) {
  ShardGraph const graph(comm, states, rows);
  Flags usable = among.empty() ? Flags(graph.pairs(), 1) : Flags(among.begin(), among.end());
  return end_components(graph, Flags(graph.local_states(), 1), std::move(usable));
}

}  // namespace bellshard::mdp
