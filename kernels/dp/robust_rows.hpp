#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

namespace bellshard::dp {

/// Least sum of q(k) value(k) over the distributions q with sum |q - p| <= radius on the same n outcomes: half the radius of probability
/// moves to the least value from the greatest ones. Greatest values are picked by repeated search, without memory and without an order
/// of the outcomes; the time grows with those that give something. probability(k), value(k): any functions of k = 0 .. n-1, n >= 1.
template <class Probability, class Value>
KOKKOS_INLINE_FUNCTION double l1_worst(std::int64_t n, Probability const& probability, Value const& value, double radius) {
  double sum = 0, least = value(0);
  for (std::int64_t k = 0; k < n; ++k) {
    double const v = value(k);
    sum += probability(k) * v;
    least = v < least ? v : least;
  }
  double left = 0.5 * radius;
  std::int64_t last = -1;
  while (left > 0) {
    std::int64_t next = -1;
    for (std::int64_t k = 0; k < n; ++k) {
      double const v = value(k);
      bool const behind = last < 0 || v < value(last) || (v == value(last) && k > last);
      if (behind && (next < 0 || v > value(next))) next = k;
    }
    if (next < 0 || !(value(next) > least)) break;
    double const p = probability(next), moved = p < left ? p : left;
    sum -= moved * (value(next) - least);
    left -= moved;
    last = next;
  }
  return sum;
}

/// Least of worth(m), m = 0 .. models-1, over a finite family; the lowest model where several are least.
struct WorstModel {
  double value;
  std::int32_t model;
};
template <class Worth>
KOKKOS_INLINE_FUNCTION WorstModel worst_of_family(std::int32_t models, Worth const& worth) {
  WorstModel worst{worth(0), 0};
  for (std::int32_t m = 1; m < models; ++m) {
    double const v = worth(m);
    if (v < worst.value) worst = {v, m};
  }
  return worst;
}

}  // namespace bellshard::dp
