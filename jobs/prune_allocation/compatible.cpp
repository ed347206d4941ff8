#include "jobs/prune_allocation/compatible.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "src/dist/gather.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::prune_allocation {
namespace {

using allocation::Layer;
using allocation::Table;

constexpr double most_gibibytes = 4;

std::int64_t steps_of(Layer const& layer) { return static_cast<std::int64_t>(layer.cost.size()) - 1; }

std::int64_t longest(std::vector<std::int64_t> const& budgets) { return *std::max_element(budgets.begin(), budgets.end()); }

void check(Table const& table, std::vector<std::int64_t> const& budgets) {
  for (auto const& layer : table) {
    auto const steps = steps_of(layer);
    for (std::int64_t k = 0; k <= steps; ++k) {
      auto const left = steps == 0 ? -1 : layer.cost.front() * (steps - k) / steps;
      BELLSHARD_INPUT(layer.cost[static_cast<std::size_t>(k)] == left, "{}: layer {}: solver.compatible needs costs that fall from all weights to 0 in equal steps, rounded down, and choice {} costs {}; leave it out",
                      layer.place, layer.name, k, layer.cost[static_cast<std::size_t>(k)]);
    }
  }
  BELLSHARD_INPUT(*std::min_element(budgets.begin(), budgets.end()) > 0, "solver.compatible: a budget of 0 has no place in the published table, which begins at 1; leave it out");
}

/// Layers in the order of their weights, equal ones as in the table.
std::vector<std::size_t> by_weights(Table const& table) {
  std::vector<std::size_t> order(table.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return table[a].cost.front() < table[b].cost.front(); });
  return order;
}

/// The published table up to a number of weights left.
class PublishedTable {
 public:
  PublishedTable(Table const& table, std::int64_t cells) : table_(table), order_(by_weights(table)), sum_(static_cast<std::size_t>(cells)) {
    for (std::size_t s = 0; s < order_.size(); ++s) {
      choice_.emplace_back(sum_.size());
      s == 0 ? begin() : add(s);
    }
  }

  /// The choice of each layer with less than so many weights left in all.
  std::vector<std::int32_t> walk_back(std::int64_t budget) const {
    std::vector<std::int32_t> choice(table_.size());
    auto left = static_cast<std::size_t>(budget - 1);
    for (auto s = order_.size(); s-- > 0;) {
      auto const taken = choice_[s][left];
      choice[order_[s]] = taken;
      if (s > 0) left -= static_cast<std::size_t>(table_[order_[s]].cost[taken]);
    }
    return choice;
  }
  float loss(std::int64_t budget) const { return sum_[static_cast<std::size_t>(budget - 1)]; }

 private:
  /// The first layer has the amount whose share of weights left is closest, be it less or more.
  void begin() {
    auto const& layer = table_[order_.front()];
    auto const weights = layer.cost.front(), steps = steps_of(layer);
    for (std::size_t j = 0; j < sum_.size(); ++j) {
      auto const apart = [&](std::int64_t k) { return std::abs(weights * (steps - k) - static_cast<std::int64_t>(j) * steps); };
      auto best = layer.least;
      for (auto k = layer.least + 1; k <= steps; ++k) best = apart(k) < apart(best) ? k : best;
      take(0, j, layer, best, 0);
    }
  }

  void add(std::size_t s) {
    auto const& layer = table_[order_[s]];
    auto const before = sum_;
    std::fill(sum_.begin(), sum_.end(), std::numeric_limits<float>::infinity());
    take(s, 0, layer, steps_of(layer), s == 1 ? 0 : before[0]);
    for (auto k = layer.least; k <= steps_of(layer); ++k) {
      auto const left = static_cast<std::size_t>(layer.cost[static_cast<std::size_t>(k)]);
      auto const loss = static_cast<float>(layer.loss[static_cast<std::size_t>(k)]);
      for (auto j = left + 1; j < sum_.size(); ++j) {
        if (loss + before[j - left] < sum_[j]) take(s, j, layer, k, before[j - left]);
      }
    }
  }

  void take(std::size_t s, std::size_t j, Layer const& layer, std::int64_t k, float before) {
    sum_[j] = static_cast<float>(layer.loss[static_cast<std::size_t>(k)]) + before;
    choice_[s][j] = static_cast<std::uint16_t>(k);
  }

  Table const& table_;
  std::vector<std::size_t> order_;
  std::vector<float> sum_;                          ///< [weights left]
  std::vector<std::vector<std::uint16_t>> choice_;  ///< [stage][weights left]
};

}  // namespace

double compatible_bytes(Table const& table, std::vector<std::int64_t> const& budgets) {
  return static_cast<double>(longest(budgets)) * (2 * static_cast<double>(table.size()) + 8);
}

Compatible compatible(Context& context, allocation::SolverConfig const& solver, Table const& table, std::vector<std::int64_t> const& budgets) {
  check(table, budgets);
  auto const bytes = compatible_bytes(table, budgets), most = std::fmin(solver.memory_limit, std::isnan(solver.memory_limit) ? most_gibibytes : 1e9) * std::pow(2.0, 30);
  if (bytes > most) {
    fail(ExitCode::out_of_resources, "solver.compatible: the published table lies on one rank and needs {}, more than {}; raise solver.memory_limit, or leave solver.compatible out", human_bytes(bytes),
         human_bytes(most));
  }
  auto const layers = table.size();
  std::vector<double> found(budgets.size() * (layers + 1));  // [budget]: choices and the table's loss
  together(context.comm(), [&] {
    if (!context.root()) return;
    PublishedTable const published(table, longest(budgets));
    for (std::size_t q = 0; q < budgets.size(); ++q) {
      auto const choice = published.walk_back(budgets[q]);
      std::copy(choice.begin(), choice.end(), found.begin() + static_cast<std::ptrdiff_t>(q * (layers + 1)));
      found[(q + 1) * (layers + 1) - 1] = static_cast<double>(published.loss(budgets[q]));
    }
  });
  broadcast_from_root(context.comm(), found);

  auto greedy = solver;  // its bounds are those of the budgets
  greedy.method = allocation::Method::greedy;
  Compatible answer{{allocation::allocate(context, greedy, table, budgets, {}).allocation, "compatible", false}, {}};
  auto& all = answer.allocation;
  for (std::size_t q = 0; q < budgets.size(); ++q) {
    double loss = 0;
    std::int64_t cost = 0;
    for (std::size_t l = 0; l < layers; ++l) {
      auto const k = static_cast<std::size_t>(found[q * (layers + 1) + l]), at = q * layers + l;
      all.choice[at] = static_cast<std::int32_t>(k);
      cost += all.layer_cost[at] = table[l].cost[k];
      loss += all.layer_loss[at] = table[l].loss[k];
    }
    BELLSHARD_INPUT(std::isfinite(loss), "solver.compatible: the published table finds no allowed choice for a budget of {}; leave solver.compatible out", budgets[q]);
    all.loss[q] = loss;
    all.cost[q] = cost;
    answer.table_loss.push_back(found[(q + 1) * (layers + 1) - 1]);
  }
  return answer;
}

}  // namespace bellshard::prune_allocation
