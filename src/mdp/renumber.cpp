#include "src/mdp/renumber.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace bellshard::mdp {
namespace {

/// Who leads to whom, either way, no state to itself, each neighbour once.
struct Neighbours {
  std::vector<std::int64_t> offset;  ///< [state + 1]
  std::vector<std::int64_t> state;

  std::int64_t degree(std::int64_t s) const { return offset[at(s) + 1] - offset[at(s)]; }
  auto begin(std::int64_t s) const { return state.begin() + offset[at(s)]; }
  auto end(std::int64_t s) const { return state.begin() + offset[at(s) + 1]; }
  static std::size_t at(std::int64_t s) { return static_cast<std::size_t>(s); }
};

template <class Visit>
void for_each_transition(io::ExplicitMdp const& mdp, Visit const& visit) {
  for (std::int64_t s = 0; s < mdp.states(); ++s) {
    auto const begin = mdp.transition_offset[static_cast<std::size_t>(mdp.action_offset[static_cast<std::size_t>(s)])];
    auto const end = mdp.transition_offset[static_cast<std::size_t>(mdp.action_offset[static_cast<std::size_t>(s) + 1])];
    for (auto t = begin; t < end; ++t) visit(s, mdp.next_state[static_cast<std::size_t>(t)]);
  }
}

Neighbours neighbours_of(io::ExplicitMdp const& mdp) {
  auto const at = Neighbours::at;
  Neighbours found;
  found.offset.assign(at(mdp.states()) + 1, 0);
  for_each_transition(mdp, [&](std::int64_t s, std::int64_t t) {
    if (s != t) ++found.offset[at(s) + 1], ++found.offset[at(t) + 1];
  });
  std::partial_sum(found.offset.begin(), found.offset.end(), found.offset.begin());
  found.state.resize(static_cast<std::size_t>(found.offset.back()));
  auto place = found.offset;
  for_each_transition(mdp, [&](std::int64_t s, std::int64_t t) {
    if (s == t) return;
    found.state[at(place[at(s)]++)] = t;
    found.state[at(place[at(t)]++)] = s;
  });
  std::int64_t kept = 0;
  for (std::int64_t s = 0; s < mdp.states(); ++s) {
    auto const begin = found.state.begin() + found.offset[at(s)], end = found.state.begin() + found.offset[at(s) + 1];
    std::sort(begin, end);
    auto const distinct = std::unique(begin, end);
    found.offset[at(s)] = kept;
    kept = std::move(begin, distinct, found.state.begin() + kept) - found.state.begin();
  }
  found.offset.back() = kept;
  found.state.resize(static_cast<std::size_t>(kept));
  return found;
}

/// Breadth first from `start`, what has few neighbours first; `order` receives the component. `seen` [state] holds the number of the search.
/// -> where the last level begins in `order`
std::size_t search(Neighbours const& graph, std::int64_t start, std::int64_t number, std::vector<std::int64_t>& seen, std::vector<std::int64_t>& order,
                   std::int64_t& levels) {
  order.assign(1, start);
  seen[Neighbours::at(start)] = number;
  levels = 0;
  std::size_t level = 0;
  for (std::size_t begin = 0; begin < order.size(); ++levels) {
    level = begin;
    std::size_t const end = order.size();
    for (; begin < end; ++begin) {
      std::size_t const first = order.size();
      for (auto next = graph.begin(order[begin]); next != graph.end(order[begin]); ++next) {
        if (std::exchange(seen[Neighbours::at(*next)], number) != number) order.push_back(*next);
      }
      std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(first), order.end(),
                       [&](auto a, auto b) { return graph.degree(a) < graph.degree(b); });
    }
  }
  return level;
}

}  // namespace

std::vector<std::int64_t> near_order(io::ExplicitMdp const& mdp) {
  auto const graph = neighbours_of(mdp);
  std::vector<std::int64_t> all, component, seen(static_cast<std::size_t>(mdp.states()), -1), numbered(seen);
  all.reserve(seen.size());
  std::int64_t searches = 0;
  for (std::int64_t s = 0; s < mdp.states(); ++s) {
    if (numbered[Neighbours::at(s)] >= 0) continue;
    // From one end of the component to the other: start anew at the far end while that takes more levels.
    std::int64_t levels = 0;
    auto level = search(graph, s, searches++, seen, component, levels);
    while (true) {
      auto const far = *std::min_element(component.begin() + static_cast<std::ptrdiff_t>(level), component.end(),
                                         [&](auto a, auto b) { return graph.degree(a) < graph.degree(b); });
      std::int64_t const before = levels;
      level = search(graph, far, searches++, seen, component, levels);
      if (levels <= before) break;
    }
    for (auto const state : component) numbered[Neighbours::at(state)] = 1;
    all.insert(all.end(), component.rbegin(), component.rend());
  }
  return all;
}

io::ExplicitMdp renumber(io::ExplicitMdp const& mdp, std::vector<std::int64_t> const& order) {
  auto const at = Neighbours::at;
  std::vector<std::int64_t> number(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) number[at(order[k])] = static_cast<std::int64_t>(k);
  bool const interval = !mdp.probability_upper.empty(), named = !mdp.action_name_index.empty();
  io::ExplicitMdp out;
  for (auto const& reward : mdp.rewards) out.rewards.push_back({reward.name, {}});
  std::vector<std::pair<std::int64_t, std::size_t>> row;  // new number of the next state, its transition
  for (auto const old : order) {
    for (auto pair = mdp.action_offset[at(old)]; pair < mdp.action_offset[at(old) + 1]; ++pair) {
      row.clear();
      for (auto t = mdp.transition_offset[at(pair)]; t < mdp.transition_offset[at(pair) + 1]; ++t) row.emplace_back(number[at(mdp.next_state[at(t)])], at(t));
      std::sort(row.begin(), row.end());
      for (auto const& [next, t] : row) {
        out.next_state.push_back(next);
        out.probability.push_back(mdp.probability[t]);
        if (interval) out.probability_upper.push_back(mdp.probability_upper[t]);
      }
      out.transition_offset.push_back(out.transitions());
      for (std::size_t r = 0; r < mdp.rewards.size(); ++r) out.rewards[r].value.push_back(mdp.rewards[r].value[at(pair)]);
      if (named) out.action_name_index.push_back(mdp.action_name_index[at(pair)]);
    }
    out.action_offset.push_back(out.pairs());
  }
  auto const permuted = [&](auto const& values) {
    std::remove_cvref_t<decltype(values)> result;
    result.reserve(values.size());
    for (auto const old : order) result.push_back(values[at(old)]);
    return result;
  };
  for (auto const& label : mdp.labels) out.labels.push_back({label.name, permuted(label.value)});
  for (auto const& coordinate : mdp.coordinates) out.coordinates.push_back({coordinate.name, permuted(coordinate.value)});
  if (std::none_of(mdp.coordinates.begin(), mdp.coordinates.end(), [](auto const& c) { return c.name == "original_state"; })) {
    out.coordinates.push_back({"original_state", std::vector<double>(order.begin(), order.end())});
  }
  if (!mdp.state_name.empty()) out.state_name = permuted(mdp.state_name);
  out.action_name = mdp.action_name;
  return out;
}

double mean_distance(io::ExplicitMdp const& mdp) {
  double sum = 0;
  for_each_transition(mdp, [&](std::int64_t s, std::int64_t t) { sum += std::fabs(static_cast<double>(t - s)); });
  return mdp.transitions() > 0 ? sum / static_cast<double>(mdp.transitions()) : 0;
}

}  // namespace bellshard::mdp
