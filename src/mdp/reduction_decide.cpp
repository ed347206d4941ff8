#include "src/mdp/reduction_decide.hpp"

#include <limits>

namespace bellshard::mdp {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::int32_t any_action = 0;

Decision undecided(ShardGraph const& graph) {
  return {Flags(graph.local_states(), 1), std::vector<double>(graph.local_states(), 0),
          std::vector<std::int32_t>(graph.own_states(), any_action), Flags(graph.pairs(), 1)};
}

void set_value(Decision& decision, Local state, double value) {
  decision.open[state] = 0;
  decision.value[state] = value;
}

void set_target(Decision& decision, Flags const& target, double value) {
  for (Local s = 0; s < static_cast<Local>(target.size()); ++s) {
    if (target[s]) set_value(decision, s, value);
  }
}

/// Where some policy misses the target for sure, and how: states that are left, along usable pairs.
Remainder avoiding(ShardGraph const& graph, Flags const& target, Flags const& through) {
  Flags ends(graph.own_states());
  for (Local s = 0; s < graph.own_states(); ++s) ends[s] = !through[s];
  Remainder remainder(graph, Flags(graph.local_states(), 1), std::move(ends), Flags(graph.pairs(), 1));
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (target[s]) remainder.take_state(s);
  }
  remainder.settle();
  return remainder;
}

std::int32_t lowest_usable(ShardGraph const& graph, Flags const& usable, Local state) {
  auto const first = graph.first_pair(state);
  for (auto pair = first; pair < graph.first_pair(state + 1); ++pair) {
    if (usable[pair]) return pair - first;
  }
  return any_action;
}


Flags without(Flags const& a, Flags const& b) {
  Flags rest(a.size());
  for (std::size_t k = 0; k < a.size(); ++k) rest[k] = a[k] && !b[k];
  return rest;
}

}  // namespace

Decision decide_reachability(ShardGraph const& graph, Flags const& target, Flags const& through, Objective objective) {
  auto decision = undecided(graph);
  Flags const all(graph.pairs(), 1);
  if (objective == Objective::max) {
    auto const possible = steps_to(graph, target, through, all);
    Flags way(graph.local_states());
    for (Local s = 0; s < graph.local_states(); ++s) {
      way[s] = through[s] && possible[s] != no_way;
      if (possible[s] == no_way) set_value(decision, s, 0);
    }
    auto const sure = almost_sure(graph, target, way);
    for (Local s = 0; s < graph.local_states(); ++s) {
      if (!sure.states[s]) continue;
      set_value(decision, s, 1);
      if (s < graph.own_states() && !target[s]) decision.action[s] = nearer_action(graph, sure.steps, sure.usable, s);
    }
  } else {
    auto const safe = avoiding(graph, target, through);
    auto const risk = steps_to(graph, safe.left(), without(through, safe.left()), all);
    for (Local s = 0; s < graph.local_states(); ++s) {
      if (safe.left()[s]) {
        set_value(decision, s, 0);
        if (s < graph.own_states()) decision.action[s] = through[s] ? lowest_usable(graph, safe.usable(), s) : any_action;
      } else if (risk[s] == no_way) {
        set_value(decision, s, 1);
      }
    }
  }
  set_target(decision, target, 1);
  for (Local pair = 0; pair < graph.pairs(); ++pair) decision.usable[pair] = decision.open[graph.state_of(pair)];
  return decision;
}

Decision decide_total_reward(ShardGraph const& graph, Flags const& target, Flags const& through, Objective objective) {
  auto decision = undecided(graph);
  Flags finite;
  if (objective == Objective::max) {
    auto const missing = avoiding(graph, target, through);
    Flags const all(graph.pairs(), 1);
    auto const risk = steps_to(graph, missing.left(), without(through, missing.left()), all);
    finite.assign(graph.local_states(), 1);
    for (Local s = 0; s < graph.local_states(); ++s) {
      if (risk[s] == no_way) continue;
      finite[s] = 0;
      if (s >= graph.own_states()) continue;
      if (!missing.left()[s]) {
        decision.action[s] = nearer_action(graph, risk, all, s);
      } else if (through[s]) {
        decision.action[s] = lowest_usable(graph, missing.usable(), s);
      }
    }
  } else {
    finite = almost_sure(graph, target, through).states;
  }
  for (Local s = 0; s < graph.local_states(); ++s) {
    if (!finite[s]) set_value(decision, s, infinity);
  }
  set_target(decision, target, 0);
  decision.usable = pairs_within(graph, finite);
  for (Local pair = 0; pair < graph.pairs(); ++pair) {
    if (!decision.open[graph.state_of(pair)]) decision.usable[pair] = 0;
  }
  return decision;
}

Decision decide_ends(ShardGraph const& graph, Flags const& target, Flags const& through, double target_value) {
  auto decision = undecided(graph);
  for (Local s = 0; s < graph.local_states(); ++s) {
    if (!through[s]) set_value(decision, s, 0);
  }
  set_target(decision, target, target_value);
  for (Local pair = 0; pair < graph.pairs(); ++pair) decision.usable[pair] = decision.open[graph.state_of(pair)];
  return decision;
}

}  // namespace bellshard::mdp
