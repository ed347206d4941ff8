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

Relaxation::Relaxation(std::vector<Stage> const& stages) {
  for (std::size_t s = 0; s < stages.size(); ++s) {
    auto const& stage = stages[s];
    auto const hull = corners(stage);
    start_.push_back(hull.front());
    start_cost_.push_back(stage.cost[static_cast<std::size_t>(hull.front())]);
    start_loss_.push_back(stage.loss[static_cast<std::size_t>(hull.front())]);
    for (std::size_t i = 1; i < hull.size(); ++i) {
      auto const from = static_cast<std::size_t>(hull[i - 1]), to = static_cast<std::size_t>(hull[i]);
      steps_.push_back({static_cast<std::int32_t>(s), hull[i], stage.cost[to] - stage.cost[from], stage.loss[to] - stage.loss[from]});
    }
  }
  // Stable: steps of one stage stand in their order even where two slopes round to the same number.
  std::stable_sort(steps_.begin(), steps_.end(), [](auto const& a, auto const& b) { return a.slope() < b.slope(); });
  add_up();
}

void Relaxation::leave_out(std::int32_t stage) {
  start_cost_[static_cast<std::size_t>(stage)] = 0;
  start_loss_[static_cast<std::size_t>(stage)] = 0;
  std::erase_if(steps_, [&](auto const& step) { return step.stage == stage; });
  add_up();
}

void Relaxation::add_up() {
  cost_.assign(1, std::accumulate(start_cost_.begin(), start_cost_.end(), std::int64_t{0}));
  loss_.assign(1, std::accumulate(start_loss_.begin(), start_loss_.end(), 0.0));
  for (auto const& step : steps_) {
    cost_.push_back(cost_.back() + step.cost);
    loss_.push_back(loss_.back() + step.loss);
  }
}

std::size_t Relaxation::steps_within(std::int64_t cell) const {
  return static_cast<std::size_t>(std::upper_bound(cost_.begin(), cost_.end(), cell) - cost_.begin()) - 1;
}

Lagrangian::Lagrangian(Problem const& problem) : whole_(problem.stages) {
  double magnitude = 0;
  for (auto const& stage : problem.stages) {
    double most = 0;
    for (auto const one : stage.loss) most = std::max(most, std::abs(one));
    magnitude += most;
  }
  rounding_ = 4 * std::numeric_limits<double>::epsilon() * static_cast<double>(problem.stages.size() + whole_.steps().size()) * magnitude;
}

double Lagrangian::multiplier(std::int64_t cell) const { return -whole_.slope(whole_.steps_within(cell)); }

double Lagrangian::bound(std::int64_t cell) const {
  auto const taken = whole_.steps_within(cell);
  return whole_.loss(taken) + whole_.slope(taken) * static_cast<double>(cell - whole_.cost(taken));
}

std::vector<std::int32_t> Lagrangian::greedy(std::int64_t cell) const {
  auto candidate = whole_.start();
  std::vector<char> full(candidate.size(), 0);
  for (auto const& step : whole_.steps()) {
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
