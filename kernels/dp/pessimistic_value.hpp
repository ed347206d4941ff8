#pragma once
#include <cmath>

#include "kernels/dp/feature_map.hpp"

namespace bellshard::dp {

/// What lies between a pessimistic value and its estimate: beta times the length of phi under the inverse Gram matrix, or under its
/// diagonal alone.
enum class BonusShape { full, diagonal };

/// Pessimistic action values of one stage, for several data sets:  Q(s, a) = min(w phi - bonus, most), at least 0.
struct PessimisticValue {
  FeatureMap features;
  BonusShape shape = BonusShape::full;
  double beta = 1;
  double most = 1;      ///< no value of this stage is greater
  double strike = -1;   ///< optimal stopping: a further action, the last one, ends the episode and pays max(0, strike - s); negative: none
  Array<double const> weight;   ///< [set, factor]
  Array<double const> inverse;  ///< [set, factor, factor] of the Gram matrix

  struct Choice {
    double value;
    std::int32_t action;
  };

  KOKKOS_INLINE_FUNCTION double q(std::int64_t set, double state, std::int32_t action) const {
    std::int64_t const d = features.factors;
    double const* const w = weight.data() + set * d;
    double const* const matrix = inverse.data() + set * d * d;
    double mean = 0, square = 0;
    features(state, action, [&](std::int32_t i, double x) {
      mean += w[i] * x;
      if (shape == BonusShape::diagonal) {
        square += x * x * matrix[i * d + i];
      } else {
        features(state, action, [&](std::int32_t j, double y) { square += x * matrix[i * d + j] * y; });
      }
    });
    double const low = mean - beta * ::sqrt(square > 0 ? square : 0);
    double const cut = low < most ? low : most;
    return cut > 0 ? cut : 0;
  }

  /// The best action, the lowest where several are.
  KOKKOS_INLINE_FUNCTION Choice best(std::int64_t set, double state) const {
    Choice best{q(set, state, 0), 0};
    for (std::int32_t a = 1; a < features.actions; ++a) {
      double const value = q(set, state, a);
      if (value > best.value) best = {value, a};
    }
    double const paid = strike - state;
    if (strike >= 0 && paid > best.value) best = {paid, features.actions};
    return best;
  }
};

/// action[set * rows + i] = best action of state[set * rows + i].
inline void choose_actions(Execution const& space, PessimisticValue const& stage, std::int64_t sets, std::int64_t rows, Array<double const> const& state,
                           Array<std::int32_t> const& action) {
  Kokkos::parallel_for(
      "bellshard::dp::choose_actions", Kokkos::RangePolicy<Execution>(space, 0, sets * rows),
      KOKKOS_LAMBDA(std::int64_t r) { action(r) = stage.best(r / rows, state(r)).action; });
}

}  // namespace bellshard::dp
