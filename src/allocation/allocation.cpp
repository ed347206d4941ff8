#include "src/allocation/allocation.hpp"

#include <algorithm>
#include <cmath>

#include "src/base/error.hpp"

namespace bellshard::allocation {
namespace {

double loss_of(Problem const& problem, std::vector<std::int32_t> const& candidate) {
  double loss = 0;
  for (std::size_t s = 0; s < problem.stages.size(); ++s) loss += problem.stages[s].loss[static_cast<std::size_t>(candidate[s])];
  return loss;
}

/// Sums in float32 drift apart by so much, one rounding a stage.
double drift(Problem const& problem, double epsilon) {
  double magnitude = 0;
  for (auto const& stage : problem.stages) {
    double most = 0;
    for (auto const loss : stage.loss) most = std::max(most, std::abs(loss));
    magnitude += most;
  }
  return 2 * epsilon * static_cast<double>(problem.stages.size()) * magnitude;
}

}  // namespace

double Allocation::largest_gap() const {
  double gap = 0;
  for (std::size_t q = 0; q < loss.size(); ++q) gap = std::max(gap, std::abs(loss[q] - bound[q]));
  return gap;
}

Allocation settle(Problem const& problem, Lagrangian const& lagrangian, Table const& table, std::vector<std::int64_t> const& budgets,
                  Candidates const& candidate) {
  auto const layers = table.size();
  Allocation all;
  all.budget = budgets;
  all.choice.resize(budgets.size() * layers);
  all.layer_cost.resize(all.choice.size());
  all.layer_loss.resize(all.choice.size());
  for (std::size_t q = 0; q < budgets.size(); ++q) {
    std::vector<std::int32_t> taken;
    std::int64_t cost = 0;
    for (std::size_t s = 0; s < layers; ++s) {
      auto const& stage = problem.stages[s];
      auto const layer = static_cast<std::size_t>(stage.layer);
      taken.push_back(candidate[s * budgets.size() + q]);
      auto const number = static_cast<std::size_t>(stage.choice[static_cast<std::size_t>(taken.back())]);
      auto const at = q * layers + layer;
      all.choice[at] = static_cast<std::int32_t>(number);
      all.layer_loss[at] = table[layer].loss[number];
      cost += all.layer_cost[at] = table[layer].cost[number];
    }
    auto const cell = problem.cell_of(budgets[q]);
    auto const loss = loss_of(problem, taken), bound = lagrangian.bound(cell);
    if (cost > budgets[q] || loss < bound - lagrangian.rounding()) {
      fail(ExitCode::verification_failed,
           "budget {}: the choice costs {} and loses {}, where no choice within the budget can lose less than {}; this is a fault of the program, please report it", budgets[q], cost, loss, bound);
    }
    all.cost.push_back(cost);
    all.loss.push_back(problem.as_asked(loss));
    all.bound.push_back(problem.as_asked(bound));
    all.greedy.push_back(problem.as_asked(loss_of(problem, lagrangian.greedy(cell))));
  }
  return all;
}

void verify(Problem const& problem, Lagrangian const& lagrangian, Allocation const& allocation, std::vector<double> const& optimum, double epsilon) {
  auto const apart = drift(problem, epsilon) + lagrangian.rounding();
  for (std::size_t q = 0; q < optimum.size(); ++q) {
    auto const loss = problem.as_asked(allocation.loss[q]), greedy = problem.as_asked(allocation.greedy[q]);
    if (std::abs(loss - optimum[q]) > apart || loss > greedy + apart) {
      fail(ExitCode::verification_failed,
           "budget {}: what was chosen loses {}, the table says {} and the greedy choice loses {}; this is a fault of the program, please report it", allocation.budget[q], loss, optimum[q], greedy);
    }
  }
}

ResultAxes write(Context const& context, io::ResultFile& out, Table const& table, Allocation const& allocation) {
  std::vector<double> budgets(allocation.budget.begin(), allocation.budget.end());
  std::vector<std::string> names;
  std::vector<std::int64_t> most_cost;
  for (auto const& layer : table) {
    names.push_back(layer.name);
    most_cost.push_back(*std::max_element(layer.cost.begin(), layer.cost.end()));
  }
  auto const budget = out.axis("budget", budgets, {"1"}, "most that the choices may cost together, in the unit of the table's costs");
  auto const layer = out.axis("layer", names, "layers in the order of the table");
  auto const own = context.root() ? Block{0, budget.size} : Block{};
  out.write("choice", {budget, layer}, own, allocation.choice, {"1"}, "choice of each layer, by its number in the table");
  out.write("layer_cost", {budget, layer}, own, allocation.layer_cost, {"1"}, "cost of each layer's choice");
  out.write("layer_loss", {budget, layer}, own, allocation.layer_loss, {"1"}, "loss of each layer's choice, as measured");
  out.write("layer_most_cost", {layer}, context.root() ? Block{0, layer.size} : Block{}, most_cost, {"1"}, "cost of the layer's dearest choice");
  out.write("loss", {budget}, own, allocation.loss, {"1"}, "sum of the losses of the choices");
  out.write("cost", {budget}, own, allocation.cost, {"1"}, "sum of the costs of the choices");
  out.write("bound", {budget}, own, allocation.bound, {"1"}, "Lagrangian bound: no choice within the budget has a better sum of losses");
  out.write("greedy", {budget}, own, allocation.greedy, {"1"}, "sum of the losses of the greedy choice by loss saved per cost");
  return {budget, layer};
}

}  // namespace bellshard::allocation
