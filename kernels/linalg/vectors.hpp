#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::linalg {

/// The items [first, first + size) of arrays in local storage: the own ones.
struct Part {
  std::int64_t first = 0;
  std::int64_t size = 0;
};

inline Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>> over(Execution const& execution, Part part) {
  return {execution, part.first, part.first + part.size};
}

/// Sum of x y over the part of this rank.
inline double dot(Execution const& execution, Part part, Array<double const> const& x, Array<double const> const& y) {
  double sum = 0;
  Kokkos::parallel_reduce(
      "bellshard::linalg::dot", over(execution, part), KOKKOS_LAMBDA(std::int64_t i, double& local) { local += x(i) * y(i); }, sum);
  return sum;
}

/// y += factor x.
inline void add_multiple(Execution const& execution, Part part, double factor, Array<double const> const& x, Array<double> const& y) {
  Kokkos::parallel_for(
      "bellshard::linalg::add_multiple", over(execution, part), KOKKOS_LAMBDA(std::int64_t i) { y(i) += factor * x(i); });
}

/// out = a x + b y; out may be x or y.
inline void combine(Execution const& execution, Part part, double a, Array<double const> const& x, double b,
                    Array<double const> const& y, Array<double> const& out) {
  Kokkos::parallel_for(
      "bellshard::linalg::combine", over(execution, part), KOKKOS_LAMBDA(std::int64_t i) { out(i) = a * x(i) + b * y(i); });
}

/// x += number.
inline void shift(Execution const& execution, Part part, double number, Array<double> const& x) {
  Kokkos::parallel_for(
      "bellshard::linalg::shift", over(execution, part), KOKKOS_LAMBDA(std::int64_t i) { x(i) += number; });
}

/// Greatest |x| of the part; 0 where it is empty.
inline double largest_magnitude(Execution const& execution, Part part, Array<double const> const& x) {
  double largest = 0;
  Kokkos::parallel_reduce(
      "bellshard::linalg::largest_magnitude", over(execution, part),
      KOKKOS_LAMBDA(std::int64_t i, double& local) {
        double const magnitude = x(i) < 0 ? -x(i) : x(i);
        local = magnitude > local ? magnitude : local;
      },
      Kokkos::Max<double>(largest));
  return largest > 0 ? largest : 0;
}

/// Greatest |x - y| of the part.
inline double largest_difference(Execution const& execution, Part part, Array<double const> const& x, Array<double const> const& y) {
  double largest = 0;
  Kokkos::parallel_reduce(
      "bellshard::linalg::largest_difference", over(execution, part),
      KOKKOS_LAMBDA(std::int64_t i, double& local) {
        double const difference = x(i) < y(i) ? y(i) - x(i) : x(i) - y(i);
        local = difference > local ? difference : local;
      },
      Kokkos::Max<double>(largest));
  return largest > 0 ? largest : 0;
}

}  // namespace bellshard::linalg
