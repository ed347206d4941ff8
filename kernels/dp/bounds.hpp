#pragma once
#include <Kokkos_Core.hpp>
#include <limits>

#include "kernels/execution.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::dp {

/// Greatest (upper - lower) / max(|value|, floor) of the part.
inline double largest_width(Execution const& execution, linalg::Part part, Array<double const> const& lower,
                            Array<double const> const& upper, Array<double const> const& value, double floor) {
  double width = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::largest_width", linalg::over(execution, part),
      KOKKOS_LAMBDA(std::int64_t i, double& local) {
        double const magnitude = value(i) < 0 ? -value(i) : value(i);
        double const relative = (upper(i) - lower(i)) / (magnitude > floor ? magnitude : floor);
        local = relative > local ? relative : local;
      },
      Kokkos::Max<double>(width));
  return width > 0 ? width : 0;
}

/// Least value of the part; +infinity where it is empty.
inline double least_value(Execution const& execution, linalg::Part part, Array<double const> const& value) {
  double least = std::numeric_limits<double>::infinity();
  Kokkos::parallel_reduce(
      "bellshard::dp::least_value", linalg::over(execution, part),
      KOKKOS_LAMBDA(std::int64_t i, double& local) { local = value(i) < local ? value(i) : local; }, Kokkos::Min<double>(least));
  return least;
}

}  // namespace bellshard::dp
