#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

namespace bellshard::mdp {

/// Evenly spaced points from low to high, both included.
struct GridAxis {
  double low;
  double high;
  std::int64_t points;  ///< at least 2

  KOKKOS_FUNCTION double step() const { return (high - low) / static_cast<double>(points - 1); }
  KOKKOS_FUNCTION double at(std::int64_t i) const { return low + step() * static_cast<double>(i); }
  KOKKOS_FUNCTION double clamp(double x) const { return x < low ? low : x > high ? high : x; }
};

/// A point between two neighbours of an axis: the lower one, and the weight of the upper one.
struct GridPlace {
  std::int64_t lower;
  double upper_weight;
};
KOKKOS_INLINE_FUNCTION GridPlace place_on(GridAxis const& axis, double x) {
  double const cells = (axis.clamp(x) - axis.low) / axis.step();
  auto lower = static_cast<std::int64_t>(cells);
  lower = lower < axis.points - 1 ? lower : axis.points - 2;
  double const weight = cells - static_cast<double>(lower);
  return {lower, weight < 1 ? weight : 1.0};
}

/// A point of the plane becomes the four grid points around it, with the weights of bilinear interpolation: a probability
/// distribution with the point as its mean. State = index on x * points of y + index on y.
template <class Visit>
KOKKOS_FUNCTION void interpolate(GridAxis const& x_axis, GridAxis const& y_axis, double x, double y, Visit&& visit) {
  auto const along_x = place_on(x_axis, x);
  auto const along_y = place_on(y_axis, y);
  for (int right = 0; right < 2; ++right) {
    for (int above = 0; above < 2; ++above) {
      double const weight = (right != 0 ? along_x.upper_weight : 1 - along_x.upper_weight) * (above != 0 ? along_y.upper_weight : 1 - along_y.upper_weight);
      visit((along_x.lower + right) * y_axis.points + along_y.lower + above, weight);
    }
  }
}

}  // namespace bellshard::mdp
