#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

namespace bellshard::dp {

/// A stock between two neighbours of the grid: the lower one, and the weight of the upper one, 0 where it meets the lower one or lies
/// beyond an end.
struct StockPlace {
  int lower;
  double upper_weight;
};

/// The evenly spaced stocks that policies look at: low, low + step, ..., `stocks` of them.
struct StockGrid {
  double low = 0;
  double step = 1;
  int stocks = 1;

  KOKKOS_INLINE_FUNCTION double at(int k) const { return low + step * k; }
  KOKKOS_INLINE_FUNCTION double high() const { return at(stocks - 1); }
  KOKKOS_INLINE_FUNCTION StockPlace place(double stock) const {
    double const steps = (stock - low) / step;
    if (!(steps > 0)) return {0, 0};
    if (steps >= stocks - 1) return {stocks - 1, 0};
    int const lower = static_cast<int>(steps);
    return {lower, steps - lower};
  }
};

}  // namespace bellshard::dp
