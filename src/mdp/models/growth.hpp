#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/dp/generated_model.hpp"
#include "kernels/execution.hpp"

namespace bellshard::mdp {

/// Stochastic neoclassical growth, the benchmark of Aruoba and Fernandez-Villaverde (2015): capital k on an even grid, productivity z a
/// Markov chain of five levels; the action is the next capital k'. Reward: weight * log(z k^share - k'), with weight 1 - discount
/// there; the middle row of the published chain sums to 1.0001, so its stay is 0.9836 here. State = index of capital * 5 + index of productivity.
struct Growth {
  static constexpr int levels = 5;
  std::int64_t points;
  double low;        ///< least capital
  double step;       ///< of the grid of capital
  double weight;
  Array<double const> output;  ///< [state] z k^share

  KOKKOS_FUNCTION std::int64_t states() const { return points * levels; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return static_cast<int>(points); }
  KOKKOS_FUNCTION double capital(std::int64_t i) const { return low + step * static_cast<double>(i); }
  KOKKOS_FUNCTION double reward(std::int64_t state, int next_capital) const { return weight * log(output(state) - capital(next_capital)); }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int next_capital, Visit&& visit) const {
    constexpr double chain[levels][levels] = {{0.9727, 0.0273, 0, 0, 0},
                                              {0.0041, 0.9806, 0.0153, 0, 0},
                                              {0, 0.0082, 0.9836, 0.0082, 0},
                                              {0, 0, 0.0153, 0.9806, 0.0041},
                                              {0, 0, 0, 0.0273, 0.9727}};
    auto const from = state % levels;
    for (int to = 0; to < levels; ++to) visit(std::int64_t{next_capital} * levels + to, chain[from][to]);
  }
};

/// The grid of the benchmark around the steady state (share * discount)^(1 / (1 - share)): from 0.5 to 1.5 of it.
Growth make_growth(std::int64_t points, double share, double discount);

}  // namespace bellshard::mdp
