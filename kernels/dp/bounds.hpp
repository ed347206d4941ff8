#pragma once
#include <Kokkos_Core.hpp>
#include <limits>

#include "kernels/dp/sparse_values.hpp"
#include "kernels/execution.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::dp {

/// Both bounds of values: value + low weight, value + high weight, the same numbers wherever they are read.
struct Bounds {
  Array<double const> value;   ///< [local state]
  Array<double const> weight;  ///< [local state]; empty: 1 everywhere
  double low = 0;
  double high = 0;

  KOKKOS_INLINE_FUNCTION ShiftedValues lower() const { return {value.data(), weight.data(), low}; }
  KOKKOS_INLINE_FUNCTION ShiftedValues upper() const { return {value.data(), weight.data(), high}; }
};

/// Greatest (upper - lower) / max(|value|, floor) of the part.
inline double largest_width(Execution const& execution, linalg::Part part, Bounds const& bounds, double floor) {
  double width = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::largest_width", linalg::over(execution, part),
      KOKKOS_LAMBDA(std::int64_t i, double& local) {
        double const value = bounds.value(i), magnitude = value < 0 ? -value : value;
        double const relative = (bounds.upper()[i] - bounds.lower()[i]) / (magnitude > floor ? magnitude : floor);
        local = relative > local ? relative : local;
      },
      Kokkos::Max<double>(width));
  return width > 0 ? width : 0;
}

/// The shifted values themselves, from 0 on, for files; an infinite shift of what is not a number is infinite.
inline void write_values(Execution const& execution, linalg::Part part, ShiftedValues const& values, Array<double> const& out) {
  std::int64_t const first = part.first;
  Kokkos::parallel_for(
      "bellshard::dp::write_values", linalg::over(execution, part), KOKKOS_LAMBDA(std::int64_t i) {
        double const v = values[i];
        out(i - first) = v == v ? v : values.shift;
      });
}

/// Least of the part, of an array or of anything that is read like one; +infinity where it is empty.
template <class Value>
double least_value(Execution const& execution, linalg::Part part, Value const& value) {
  double least = std::numeric_limits<double>::infinity();
  Kokkos::parallel_reduce(
      "bellshard::dp::least_value", linalg::over(execution, part),
      KOKKOS_LAMBDA(std::int64_t i, double& local) { local = value[i] < local ? value[i] : local; }, Kokkos::Min<double>(least));
  return least;
}

}  // namespace bellshard::dp
