#include "src/allocation/lagrangian.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bellshard::allocation {
namespace {

/// Corners of the lower convex hull of a stage's (cost, loss), by cost. Losses fall along it.
std::vector<std::int32_t> corners(Stage const& stage) {
  std::vector<std::int32_t> order(stage.cost.size()), hull;
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return stage.cost[a] < stage.cost[b]; });
  auto const slope = [&](std::int32_t a, std::int32_t b) { return (stage.loss[b] - stage.loss[a]) / static_cast<double>(stage.cost[b] - stage.cost[a]); };
  for (auto const k : order) {
    while (hull.size() > 1 && slope(hull[hull.size() - 2], hull.back()) >= slope(hull.back(), k)) hull.pop_back();
    hull.push_back(k);
  }
  return hull;
}

}  // namespace

Lagrangian::Lagrangian(Problem const& problem) {
  double loss = 0, magnitude = 0;
  for (std::size_t s = 0; s < problem.stages.size(); ++s) {
    auto const& stage = problem.stages[s];
    auto const hull = corners(stage);
    start_.push_back(hull.front());
    loss += stage.loss[static_cast<std::size_t>(hull.front())];
    for (std::size_t i = 1; i < hull.size(); ++i) {
      auto const from = static_cast<std::size_t>(hull[i - 1]), to = static_cast<std::size_t>(hull[i]);
      steps_.push_back({static_cast<std::int32_t>(s), hull[i], stage.cost[to] - stage.cost[from], stage.loss[to] - stage.loss[from]});
    }
    double most = 0;
    for (auto const one : stage.loss) most = std::max(most, std::abs(one));
    magnitude += most;
  }
  // Stable: steps of one stage stand in their order even where two slopes round to the same number.
  auto const slope = [](HullStep const& step) { return step.loss / static_cast<double>(step.cost); };
  std::stable_sort(steps_.begin(), steps_.end(), [&](auto const& a, auto const& b) { return slope(a) < slope(b); });
  loss_.push_back(loss);
  for (auto const& step : steps_) {
    cost_.push_back(cost_.back() + step.cost);
    loss_.push_back(loss += step.loss);
  }
  rounding_ = 4 * std::numeric_limits<double>::epsilon() * static_cast<double>(problem.stages.size() + steps_.size()) * magnitude;
}

std::size_t Lagrangian::steps_within(std::int64_t cell) const {
  return static_cast<std::size_t>(std::upper_bound(cost_.begin(), cost_.end(), cell) - cost_.begin()) - 1;
}

double Lagrangian::multiplier(std::int64_t cell) const {
  auto const taken = steps_within(cell);
  return taken < steps_.size() ? -steps_[taken].loss / static_cast<double>(steps_[taken].cost) : 0;
}

double Lagrangian::bound(std::int64_t cell) const {
  auto const taken = steps_within(cell);
  return loss_[taken] - multiplier(cell) * static_cast<double>(cell - cost_[taken]);
}

std::vector<std::int32_t> Lagrangian::greedy(std::int64_t cell) const {
  auto candidate = start_;
  std::vector<char> full(start_.size(), 0);
  for (auto const& step : steps_) {
    auto& closed = full[static_cast<std::size_t>(step.stage)];
    if (closed == 0 && step.cost <= cell) {
      cell -= step.cost;
      candidate[static_cast<std::size_t>(step.stage)] = step.candidate;
    } else {
      closed = 1;
    }
  }
  return candidate;
}

}  // namespace bellshard::allocation
