#pragma once
#include "kernels/network/feature_maps.hpp"

namespace bellshard::network {

/// Equally spaced values that numbers are rounded to: scale (zero + q), q = 0 .. most. 0 is one of them: zero is a whole number of at most 0, and most >= -zero.
struct Levels {
  double scale = 0;  ///< 0: numbers stay as they are
  double zero = 0;
  double most = 0;
};

/// most + 1 levels over a range from the least number on: scale = range / most, least / scale rounded to a whole number. -range <= least <= 0.
KOKKOS_INLINE_FUNCTION Levels levels_over(double range, double least, double most) {
  double const scale = range / most;
  if (!(scale > 0)) return {};  // all numbers are 0
  return {scale, ::rint(least / scale), most};
}

/// The nearest level; of two equally near ones the even q of the rounded quotient.
KOKKOS_INLINE_FUNCTION float quantised(double value, Levels const& levels) {
  if (!(levels.scale > 0)) return static_cast<float>(value);
  double q = value / levels.scale - levels.zero;
  q = q < 0 ? 0 : q > levels.most ? levels.most : q;
  return static_cast<float>(levels.scale * (::rint(q) + levels.zero));
}
KOKKOS_INLINE_FUNCTION float quantised(float value, Levels const& levels) { return quantised(static_cast<double>(value), levels); }

/// Every number of `in` at its nearest level; out of the same shape, may be `in` itself.
inline void quantise(Execution const& execution, ConstFeatureMaps const& in, Levels const& levels, FeatureMaps const& out) {
  auto const size = static_cast<std::int64_t>(in.extent(0) * in.extent(1) * in.extent(2) * in.extent(3)) * lanes;
  Kokkos::parallel_for(
      "bellshard::network::quantise", items(execution, size), KOKKOS_LAMBDA(std::int64_t i) { out.data()[i] = quantised(in.data()[i], levels); });
}

/// Least and greatest number of the maps of the first `images` images.
inline Kokkos::MinMaxScalar<float> range_of(Execution const& execution, ConstFeatureMaps const& maps, std::int64_t images) {
  auto const entries = static_cast<std::int64_t>(maps.extent(1) * maps.extent(2) * maps.extent(3));
  auto const size = static_cast<std::int64_t>(maps.extent(0)) * entries * lanes;
  Kokkos::MinMaxScalar<float> range;
  Kokkos::MinMax<float> const reducer(range);
  Kokkos::parallel_reduce(
      "bellshard::network::range_of", items(execution, size),
      KOKKOS_LAMBDA(std::int64_t i, Kokkos::MinMaxScalar<float> & own) {
        if (i / entries / lanes * lanes + i % lanes >= images) return;
        auto const value = maps.data()[i];
        own.min_val = value < own.min_val ? value : own.min_val;
        own.max_val = value > own.max_val ? value : own.max_val;
      },
      reducer);
  return range;
}

}  // namespace bellshard::network
