#pragma once
#include <cstdint>
#include <limits>
#include <vector>

namespace bellshard::test {

/// A layer of a multiple-choice knapsack as a table has it.
struct PlainLayer {
  std::vector<std::int64_t> cost;
  std::vector<double> loss;
};

/// Every way to choose, one after the other: the least sum of losses for a budget; infinity where nothing fits.
inline double least_by_enumeration(std::vector<PlainLayer> const& layers, std::int64_t budget) {
  double least = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> digit(layers.size(), 0);
  for (;;) {
    std::int64_t cost = 0;
    double loss = 0;
    for (std::size_t l = 0; l < layers.size(); ++l) cost += layers[l].cost[digit[l]], loss += layers[l].loss[digit[l]];
    if (cost <= budget && loss < least) least = loss;
    std::size_t l = 0;
    while (l < layers.size() && ++digit[l] == layers[l].cost.size()) digit[l++] = 0;
    if (l == layers.size()) return least;
  }
}

/// The textbook table over all budgets 0 .. most, layer by layer, nothing left out: [budget].
inline std::vector<double> least_by_table(std::vector<PlainLayer> const& layers, std::int64_t most) {
  std::vector<double> least(static_cast<std::size_t>(most) + 1, 0);
  for (auto const& layer : layers) {
    std::vector<double> next(least.size(), std::numeric_limits<double>::infinity());
    for (std::int64_t b = 0; b <= most; ++b) {
      for (std::size_t k = 0; k < layer.cost.size(); ++k) {
        if (layer.cost[k] > b) continue;
        auto const value = least[static_cast<std::size_t>(b - layer.cost[k])] + layer.loss[k];
        if (value < next[static_cast<std::size_t>(b)]) next[static_cast<std::size_t>(b)] = value;
      }
    }
    least = next;
  }
  return least;
}

}  // namespace bellshard::test
