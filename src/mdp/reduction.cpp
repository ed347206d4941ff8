#include "src/mdp/reduction.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "src/base/error.hpp"
#include "src/mdp/graph/end_components.hpp"
#include "src/mdp/reduction_decide.hpp"
#include "src/mdp/reduction_fold.hpp"

namespace bellshard::mdp {
namespace {

/// Flags of own states, ghosts added.
Flags everywhere(ShardGraph const& graph, std::span<std::uint8_t const> own) {
  BELLSHARD_EXPECT(static_cast<Local>(own.size()) == graph.own_states());
  Flags local(own.begin(), own.end());
  local.resize(graph.local_states());
  graph.refresh(local);
  return local;
}

/// Where a path goes on: not yet at the target, and allowed.
Flags where_paths_go_on(ShardGraph const& graph, Flags const& target, std::span<std::uint8_t const> allowed) {
  // A rank without states passes nothing either way.
  Flags through = graph.anywhere(!allowed.empty()) ? everywhere(graph, allowed) : Flags(graph.local_states(), 1);
  for (Local s = 0; s < graph.local_states(); ++s) through[s] = through[s] && !target[s];
  return through;
}

Probabilities probabilities_of(ShardGraph const& graph) {
  return graph.anywhere(graph.rows().interval()) ? Probabilities::interval : Probabilities::exact;
}

/// Where nature may give a transition no probability at all, the graph is hers as well.
void refuse_open_graph(ShardGraph const& graph) {
  auto const& rows = graph.rows();
  auto first = std::numeric_limits<std::int64_t>::max();
  for (auto pair = graph.pairs(); pair-- > 0;) {
    for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
      if (!(rows.probability[t] > 0) && rows.probability_upper[t] > 0) first = graph.global(graph.state_of(pair));
    }
  }
  first = min_over_ranks(graph.mail().comm(), first);
  BELLSHARD_INPUT(first == std::numeric_limits<std::int64_t>::max(),
                  "state {}: an interval of probabilities begins at 0, so the graph is not known, from which this criterion decides "
                  "probabilities 0 and 1; use lower ends above 0, or criterion.kind = \"discounted\"",
                  first);
}

Decision decide(ShardGraph const& graph, Flags const& target, Flags const& through, Criterion const& criterion) {
  bool const probability = criterion.kind == CriterionKind::reachability;
  if (criterion.discount < 1) return decide_ends(graph, target, through, probability ? 1 : 0);
  return probability ? decide_reachability(graph, target, through, criterion.objective)
                     : decide_total_reward(graph, target, through, criterion.objective);
}

/// In a component that pays, or takes and gives, a least total reward has no bottom or no single equation.
void refuse_negative_components(ShardGraph const& graph, Decision const& decision) {
  auto const& reward = graph.rows().reward;
  bool negative = false;
  for (Local pair = 0; pair < graph.pairs(); ++pair) negative |= decision.usable[pair] && reward[pair] < 0;
  if (!graph.anywhere(negative)) return;
  auto const components = end_components(graph, decision.open, decision.usable);
  auto first = std::numeric_limits<std::int64_t>::max();
  for (auto pair = graph.pairs(); pair-- > 0;) {
    if (components.internal[pair] && reward[pair] < 0) first = graph.global(graph.state_of(pair));
  }
  first = min_over_ranks(graph.mail().comm(), first);
  BELLSHARD_INPUT(first == std::numeric_limits<std::int64_t>::max(),
                  "state {}: an action with a negative reward lies in an end component outside the target, where the least total "
                  "reward may have no bottom; use rewards of 0 and above there, a discount below 1, or objective = \"max\"",
                  first);
}

/// Pairs that one may take for ever without changing the value: the objective must be made to leave their components.
Flags free_pairs(ShardGraph const& graph, Decision const& decision, Criterion const& criterion) {
  auto usable = decision.usable;
  if (criterion.kind == CriterionKind::reachability) return usable;
  for (Local pair = 0; pair < graph.pairs(); ++pair) usable[pair] = usable[pair] && graph.rows().reward[pair] == 0;
  return usable;
}

/// Only where the objective likes to stay: a least probability and a greatest total reward have no components left.
bool may_have_components(Criterion const& criterion) {
  return criterion.discount == 1 && (criterion.kind == CriterionKind::reachability) == (criterion.objective == Objective::max);
}

}  // namespace

Reduction reduce(MPI_Comm comm, Partition const& states, Rows const& rows, std::span<std::uint8_t const> target,
                 std::span<std::uint8_t const> allowed, Criterion const& criterion) {
  bool const probability = criterion.kind == CriterionKind::reachability;
  BELLSHARD_EXPECT(probability || criterion.kind == CriterionKind::total_reward || criterion.discount < 1);
  ShardGraph const graph(comm, states, rows);
  auto const probabilities = probabilities_of(graph);
  if (criterion.discount == 1 && probabilities == Probabilities::interval) refuse_open_graph(graph);
  auto const goal = everywhere(graph, target);
  auto const through = where_paths_go_on(graph, goal, allowed);
  auto decision = decide(graph, goal, through, criterion);

  EndComponents components;
  components.component.assign(graph.own_states(), -1);
  if (may_have_components(criterion)) {
    if (!probability) refuse_negative_components(graph, decision);
    components = end_components(graph, decision.open, free_pairs(graph, decision, criterion));
    for (Local pair = 0; pair < graph.pairs(); ++pair) decision.usable[pair] = decision.usable[pair] && !components.internal[pair];
  }

  std::vector<double> ends;
  if (probabilities == Probabilities::interval) ends = probability ? std::vector<double>{0, 1} : std::vector<double>{0};
  auto reward = probability ? std::vector<double>(graph.pairs(), 0) : rows.reward;
  auto reduction = fold(graph, {.open = std::move(decision.open), .value = decision.value, .kept = std::move(decision.usable),
                                .component = std::move(components.component), .components = components.count,
                                .reward = std::move(reward), .discount = criterion.discount, .stay = {},
                                .probabilities = probabilities, .ends = std::move(ends)});
  reduction.decided.assign(decision.value.begin(), decision.value.begin() + graph.own_states());
  reduction.decided_action = std::move(decision.action);
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (reduction.image[s] >= 0) reduction.decided_action[s] = -1;
  }
  if (components.count > 0) reduction.internal = std::move(components.internal);
  return reduction;
}

Reduction reduce_to_components(MPI_Comm comm, Partition const& states, Rows const& rows, EndComponents const& components,
                               std::span<double const> gain) {
  ShardGraph const graph(comm, states, rows);
  Flags leaving(graph.pairs());
  for (Local pair = 0; pair < graph.pairs(); ++pair) leaving[pair] = !components.internal[pair];
  auto reduction = fold(graph, {.open = Flags(graph.local_states(), 1),
                                .value = std::vector<double>(graph.local_states(), 0),
                                .kept = std::move(leaving),
                                .component = components.component,
                                .components = components.count,
                                .reward = std::vector<double>(graph.pairs(), 0),
                                .discount = 1,
                                .stay = {gain.begin(), gain.end()},
                                .probabilities = probabilities_of(graph),
                                .ends = {}});
  reduction.decided.assign(graph.own_states(), 0);
  reduction.decided_action.assign(graph.own_states(), -1);
  reduction.internal = components.internal;
  return reduction;
}

}  // namespace bellshard::mdp
