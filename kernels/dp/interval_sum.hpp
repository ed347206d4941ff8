#pragma once
#include "kernels/dp/sparse_sum.hpp"

namespace bellshard::dp {

/// Least or greatest sum of p * value[next] over the p of an interval model's pair, lower <= p <= upper, sum p = 1: each next
/// state gets its lower end, and what is left of 1 goes to the extreme values first (Givan, Leach & Dean 2000). Next states
/// are picked by repeated search, without memory: the time grows with transitions times those that get more than their lower end.
struct IntervalSum {
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double operator()(Pair const& pair, Value const& value) const {
    return extreme(pair, value, pair.probability.nature);
  }
  /// Over all that nature may do.
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double most(Pair const& pair, Value const& value) const {
    return extreme(pair, value, Objective::max);
  }
  /// No less than any sum of p |value|, and than the error that a rounded rest of 1 can make.
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double size(Pair const& pair, Value const& value) const {
    Magnitude const magnitude{value};
    double sum = 0, largest = 0;
    for (std::uint32_t k = 0; k < pair.transitions; ++k) {
      double const v = magnitude[pair.column[k]];
      sum += pair.probability.upper[k] * v;
      largest = v > largest ? v : largest;
    }
    return sum + largest;
  }

  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION static double extreme(Pair const& pair, Value const& value, Objective nature) {
    std::uint32_t const n = pair.transitions;
    double sum = 0, rest = 1;
    for (std::uint32_t k = 0; k < n; ++k) {
      sum += pair.probability.lower[k] * value[pair.column[k]];
      rest -= pair.probability.lower[k];
    }
    // Values in the order that nature likes, equal ones by their place.
    std::int64_t last = -1;
    while (rest > 0) {
      std::int64_t next = -1;
      for (std::uint32_t k = 0; k < n; ++k) {
        double const v = value[pair.column[k]];
        bool const behind = last < 0 || better(nature, value[pair.column[last]], v) || (v == value[pair.column[last]] && k > last);
        if (behind && (next < 0 || better(nature, v, value[pair.column[next]]))) next = k;
      }
      if (next < 0) break;
      double const room = pair.probability.upper[next] - pair.probability.lower[next];
      double const given = room < rest ? room : rest;
      if (given > 0) sum += given * value[pair.column[next]];
      rest -= given;
      last = next;
    }
    return sum;
  }

  template <class Work>
  KOKKOS_INLINE_FUNCTION void once(Work const& work) const {
    work();
  }
};

}  // namespace bellshard::dp
