#pragma once
#include <cmath>

#include "kernels/network/feature_maps.hpp"

namespace bellshard::network {

/// One step of Adam (Kingma and Ba 2015) with its usual constants: 0.9, 0.999, 1e-8.
struct AdamStep {
  double rate = 0;
  double first = 1, second = 1;  ///< what the means lack after so many steps

  AdamStep(double rate, std::int64_t step) : rate(rate), first(1 - std::pow(0.9, static_cast<double>(step))), second(1 - std::pow(0.999, static_cast<double>(step))) {}

  /// The number after the step; mean and square are those of its slopes, 0 before step 1.
  KOKKOS_INLINE_FUNCTION double operator()(double number, double slope, double& mean, double& square) const {
    mean = 0.9 * mean + (1 - 0.9) * slope;
    square = 0.999 * square + (1 - 0.999) * slope * slope;
    return number - rate * (mean / first) / (::sqrt(square / second) + 1e-8);
  }
};

/// Numbers that Adam moves, with what it remembers.
struct Moved {
  Array<double> number, mean, square;

  Moved() = default;
  explicit Moved(Array<double> start) : number(start), mean("bellshard::network::mean", start.extent(0)), square("bellshard::network::square", start.extent(0)) {}
};

inline void move_numbers(Execution const& execution, Moved const& numbers, Array<double> const& slope, AdamStep const& step) {
  Kokkos::parallel_for(
      "bellshard::network::move_numbers", items(execution, static_cast<std::int64_t>(slope.extent(0))), KOKKOS_LAMBDA(std::int64_t i) {
        numbers.number(i) = step(numbers.number(i), slope(i), numbers.mean(i), numbers.square(i));
      });
}

/// As many numbers as `from` has, in float32.
inline void copy_numbers(Execution const& execution, Array<double> const& from, Array<float> const& to) {
  Kokkos::parallel_for(
      "bellshard::network::copy_numbers", items(execution, static_cast<std::int64_t>(from.extent(0))), KOKKOS_LAMBDA(std::int64_t i) { to(i) = static_cast<float>(from(i)); });
}

/// A range of levels and its least number, kept such that the range is not empty and 0 lies in it.
KOKKOS_INLINE_FUNCTION void keep_zero_inside(double& range, double& least, double smallest_range) {
  range = range < smallest_range ? smallest_range : range;
  least = least < -range ? -range : least > 0 ? 0 : least;
}

inline void keep_zero_inside(Execution const& execution, Array<double> const& range, Array<double> const& least, Array<double const> const& smallest_range) {
  Kokkos::parallel_for(
      "bellshard::network::keep_zero_inside", items(execution, static_cast<std::int64_t>(range.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i) { keep_zero_inside(range(i), least(i), smallest_range(i)); });
}

}  // namespace bellshard::network
