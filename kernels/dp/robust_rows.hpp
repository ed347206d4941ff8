#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

namespace bellshard::dp {

/// Least sum of q(k) value(k) over the distributions q with sum |q - p| <= radius on the same n outcomes, however many: half the radius of
/// probability moves to the least value from the greatest ones. These are picked by repeated search, without memory and without an order of
/// the outcomes; the time grows with those that give something. probability(k), value(k): any functions of k = 0 .. n-1, n >= 1.
template <class Probability, class Value>
KOKKOS_INLINE_FUNCTION double l1_worst_of_many(std::int64_t n, Probability const& probability, Value const& value, double radius) {
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

/// The same, to the bit. Of at most `kept` outcomes values are asked for once and searched side by side.
template <class Probability, class Value>
KOKKOS_INLINE_FUNCTION double l1_worst(std::int64_t n, Probability const& probability, Value const& value, double radius) {
  constexpr std::int64_t kept = 64;
  if (n > kept) return l1_worst_of_many(n, probability, value, radius);
  constexpr int lanes = 8;
  double held[kept], sum = 0, least = value(0);
  for (std::int64_t k = 0; k < n; ++k) {
    double const v = held[k] = value(k);
    sum += probability(k) * v;
    least = v < least ? v : least;
  }
  std::int64_t const padded = (n + lanes - 1) / lanes * lanes;
  for (std::int64_t k = n; k < padded && n > lanes; ++k) held[k] = least;
  for (double left = 0.5 * radius; left > 0;) {
    std::int64_t next = 0;
    double most = held[0];
    if (n <= lanes) {
      for (std::int64_t k = 1; k < n; ++k) {
        bool const more = held[k] > most;
        most = more ? held[k] : most;
        next = more ? k : next;
      }
    } else {
      double top[lanes];
      for (int j = 0; j < lanes; ++j) top[j] = held[j];
      for (std::int64_t k = lanes; k < padded; k += lanes)
        for (int j = 0; j < lanes; ++j) top[j] = held[k + j] > top[j] ? held[k + j] : top[j];
      for (int j = 0; j < lanes; ++j) most = top[j] > most ? top[j] : most;
      while (held[next] != most) ++next;
    }
    if (!(most > least)) break;
    double const p = probability(next), moved = p < left ? p : left;
    sum -= moved * (most - least);
    left -= moved;
    held[next] = least;  // gives nothing any more
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
