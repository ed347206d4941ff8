#include "src/allocation/problem.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "src/base/error.hpp"

namespace bellshard::allocation {
namespace {

/// Candidates of a layer: those that no other one beats or equals in both cost and loss; of equal ones the lowest number stays.
Stage undominated(Layer const& layer, dp::Objective objective) {
  Stage all;
  for (auto k = layer.least; k < static_cast<std::int64_t>(layer.cost.size()); ++k) {
    auto const at = static_cast<std::size_t>(k);
    if (std::isinf(layer.loss[at])) continue;
    all.choice.push_back(static_cast<std::int32_t>(k));
    all.cost.push_back(layer.cost[at]);
    all.loss.push_back(objective == dp::Objective::max ? 0.0 - layer.loss[at] : layer.loss[at]);
  }
  std::vector<std::size_t> order(all.choice.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return std::pair(all.cost[a], all.loss[a]) < std::pair(all.cost[b], all.loss[b]); });
  std::vector<std::size_t> kept;
  for (auto const k : order) {
    if (kept.empty() || all.loss[k] < all.loss[kept.back()]) kept.push_back(k);
  }
  std::sort(kept.begin(), kept.end());
  Stage stage;
  for (auto const k : kept) {
    stage.choice.push_back(all.choice[k]);
    stage.cost.push_back(all.cost[k]);
    stage.loss.push_back(all.loss[k]);
  }
  return stage;
}

/// Counts costs in units above the cheapest and drops what even the largest budget cannot buy. Returns the reach.
std::int64_t rescale(Stage& stage, std::int64_t unit, std::int64_t most) {
  std::size_t kept = 0;
  for (std::size_t k = 0; k < stage.cost.size(); ++k) {
    auto const cost = stage.cost[k] / unit;
    if (cost > most) continue;
    stage.choice[kept] = stage.choice[k];
    stage.cost[kept] = cost;
    stage.loss[kept++] = stage.loss[k];
    stage.reach = std::max(stage.reach, cost);
  }
  stage.choice.resize(kept);
  stage.cost.resize(kept);
  stage.loss.resize(kept);
  return stage.reach;
}

}  // namespace

Problem prepare(Table const& table, dp::Objective objective, std::vector<std::int64_t> const& budgets) {
  Problem problem;
  problem.objective = objective;
  std::int64_t unit = 0;
  for (std::size_t l = 0; l < table.size(); ++l) {
    auto const& layer = table[l];
    auto stage = undominated(layer, objective);
    BELLSHARD_INPUT(!stage.choice.empty(), "{}: layer {} has no choice that is allowed (of {}, those below number {} and those with an infinite loss are forbidden); "
                    "allow at least one", layer.place, layer.name, layer.cost.size(), layer.least);
    stage.layer = static_cast<std::int64_t>(l);
    auto const cheapest = *std::min_element(stage.cost.begin(), stage.cost.end());
    problem.base_cost += cheapest;
    for (auto& cost : stage.cost) unit = std::gcd(unit, cost -= cheapest);
    problem.choices += static_cast<std::int64_t>(layer.cost.size());
    problem.stages.push_back(std::move(stage));
  }
  auto const [least, most] = std::minmax_element(budgets.begin(), budgets.end());
  if (*least < problem.base_cost) {
    auto const dearest = std::max_element(table.begin(), table.end(), [](auto const& a, auto const& b) {
      return *std::min_element(a.cost.begin(), a.cost.end()) < *std::min_element(b.cost.begin(), b.cost.end());
    });
    fail(ExitCode::bad_input,
         "a budget of {} is less than {}, which the cheapest allowed choices of all layers cost together (most of it layer {}, {}); raise solver.budget, or allow "
         "cheaper choices",
         *least, problem.base_cost, dearest->name, dearest->place);
  }
  problem.unit = std::max<std::int64_t>(1, unit);
  auto const affordable = (*most - problem.base_cost) / problem.unit;
  std::int64_t reach = 0;
  for (auto& stage : problem.stages) {
    reach += rescale(stage, problem.unit, affordable);
    problem.candidates += static_cast<std::int64_t>(stage.choice.size());
  }
  problem.cells = std::min(affordable, reach) + 1;
  std::stable_sort(problem.stages.begin(), problem.stages.end(), [](auto const& a, auto const& b) { return a.reach < b.reach; });
  return problem;
}

}  // namespace bellshard::allocation
