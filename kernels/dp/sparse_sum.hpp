#pragma once
#include "kernels/dp/sparse_lanes.hpp"

namespace bellshard::dp {

/// Transition k of a row is added to partial sum number k % sum_lanes; then the eight are added as a tree.
inline constexpr int sum_lanes = 8;
/// Rows of at least this many transitions are worth several lanes of a device's warp.
inline constexpr std::uint32_t long_row = 32;

/// Sum over the transitions of a pair of p * value[next]; `value` is anything that a place in local storage indexes. The order of
/// additions is always the same, so that vectors, warps and one thread give the same bits.
struct SerialSum {
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double operator()(Pair const& pair, Value const& value) const {
#if defined(BELLSHARD_LANES)
    return lanes::sum(pair, value);
#else
    return plain(pair, value);
#endif
  }

  /// Over all probabilities that there may be: these.
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double most(Pair const& pair, Value const& value) const {
    return (*this)(pair, value);
  }
  /// Sum of p |value|.
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double size(Pair const& pair, Value const& value) const {
    return (*this)(pair, Magnitude{value});
  }

  /// Calls visit(p, place of the next state) for the transitions in their order.
  template <class Pair, class Visit>
  KOKKOS_INLINE_FUNCTION static void each(Pair const& pair, Visit const& visit) {
    for (std::uint32_t k = 0; k < pair.transitions; ++k) visit(pair.probability[k], pair.column[k]);
  }

  /// Without vector instructions.
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION static double plain(Pair const& pair, Value const& value) {
    double part[sum_lanes] = {};
    std::uint32_t const n = pair.transitions;
    std::uint32_t k = 0;
    for (; k + sum_lanes <= n; k += sum_lanes) {
      for (int l = 0; l < sum_lanes; ++l) part[l] += pair.probability[k + l] * value[pair.column[k + l]];
    }
    auto const add = [&](int l) { part[l] += pair.probability[k + l] * value[pair.column[k + l]]; };
    switch (n - k) {  // one jump; fixed places keep the parts in registers
      case 7: add(6); [[fallthrough]];
      case 6: add(5); [[fallthrough]];
      case 5: add(4); [[fallthrough]];
      case 4: add(3); [[fallthrough]];
      case 3: add(2); [[fallthrough]];
      case 2: add(1); [[fallthrough]];
      case 1: add(0); [[fallthrough]];
      default: break;
    }
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
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double most(Pair const& pair, Value const& value) const {
    return (*this)(pair, value);
  }
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double size(Pair const& pair, Value const& value) const {
    return (*this)(pair, Magnitude{value});
  }
  template <class Pair, class Visit>
  KOKKOS_INLINE_FUNCTION static void each(Pair const& pair, Visit const& visit) {
    SerialSum::each(pair, visit);
  }

  template <class Work>
  KOKKOS_INLINE_FUNCTION void once(Work const& work) const {
    Kokkos::single(Kokkos::PerThread(team), work);
  }
};

}  // namespace bellshard::dp
