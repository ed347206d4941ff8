#pragma once
#include "kernels/execution.hpp"

namespace bellshard::dp {

/// Rows of at least this many transitions are summed in `sum_lanes` partial sums, transition k in number k % sum_lanes.
inline constexpr std::uint32_t long_row = 32;
inline constexpr int sum_lanes = 8;

/// Sum over the transitions of a pair of p * value[next]; `value` is anything that a place in local storage indexes. The order of
/// additions depends on the number of transitions alone: one after the other in a short row; in a long one eight
/// partial sums, added as a tree. So vectors, warps and one thread give the same bits.
struct SerialSum {
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double operator()(Pair const& pair, Value const& value) const {
    std::uint32_t const n = pair.transitions;
    if (n >= long_row) return in_lanes(pair, value);
    double sum = 0;
    for (std::uint32_t k = 0; k < n; ++k) sum += pair.probability[k] * value[pair.column[k]];
    return sum;
  }

  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION static double in_lanes(Pair const& pair, Value const& value) {
    double part[sum_lanes] = {};
    std::uint32_t const n = pair.transitions, whole = n / sum_lanes * sum_lanes;
    for (std::uint32_t k = 0; k < whole; k += sum_lanes) {
      for (int l = 0; l < sum_lanes; ++l) part[l] += pair.probability[k + l] * value[pair.column[k + l]];
    }
    for (std::uint32_t k = whole; k < n; ++k) part[k - whole] += pair.probability[k] * value[pair.column[k]];
    for (int l = 0; l < 4; ++l) part[l] += part[l + 4];
    return (part[0] + part[2]) + (part[1] + part[3]);
  }

  /// What one state does once, however many lanes work on it.
  template <class Work>
  KOKKOS_INLINE_FUNCTION void once(Work const& work) const {
    work();
  }
};

/// The same by the lanes of a device's warp, as many as there are partial sums; every lane gets the result.
template <class Team>
struct LaneSum {
  Team const& team;

  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double operator()(Pair const& pair, Value const& value) const {
    std::uint32_t const n = pair.transitions;
    if (n < long_row) return SerialSum()(pair, value);
    double sum = 0;
    Kokkos::parallel_reduce(
        Kokkos::ThreadVectorRange(team, n),
        [&](std::uint32_t const k, double& part) { part += pair.probability[k] * value[pair.column[k]]; }, sum);
    return sum;
  }

  template <class Work>
  KOKKOS_INLINE_FUNCTION void once(Work const& work) const {
    Kokkos::single(Kokkos::PerThread(team), work);
  }
};

/// |value| of what a value would be.
struct Magnitude {
  double const* value;
  KOKKOS_INLINE_FUNCTION double operator[](std::int64_t i) const { return value[i] < 0 ? -value[i] : value[i]; }
};

}  // namespace bellshard::dp
