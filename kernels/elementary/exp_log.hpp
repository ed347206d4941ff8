#pragma once
#include <cmath>

#include "kernels/elementary/pack.hpp"

namespace bellshard {

namespace detail {

template <class T>
struct BitsOf {
  using type = std::int64_t;
};
#if defined(__GNUC__) && !defined(KOKKOS_ENABLE_CUDA) && !defined(KOKKOS_ENABLE_HIP) && !defined(KOKKOS_ENABLE_SYCL)
template <>
struct BitsOf<Pack> {
  using type = PackBits;
};
#endif

template <class To, class From>
KOKKOS_INLINE_FUNCTION To same_bits(From const& from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

}  // namespace detail

/// e^x within a few units in the last place, 0 below -708, infinity above 709, not a number where x is none. T: double or Pack. Additions and
/// products alone, so that packs and single numbers agree to the last bit.
template <class T>
KOKKOS_INLINE_FUNCTION T exponential_function(T const& x) {
  using Bits = typename detail::BitsOf<T>::type;
  double const shift = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to whole numbers and leaves them in the low bits
  T const shifted = fused(x, 1.4426950408889634, shift);
  T const halvings = shifted - shift;
  T const rest = fused(halvings, -1.9082149292705877e-10, fused(halvings, -0.6931471803691238, x));  // log 2 in two parts, |rest| <= 0.35
  // Taylor's series: the terms left out are below 1e-17.
  T series = fused(rest, 1.0 / 6227020800, 1.0 / 479001600);
  series = fused(series, rest, 1.0 / 39916800);
  series = fused(series, rest, 1.0 / 3628800);
  series = fused(series, rest, 1.0 / 362880);
  series = fused(series, rest, 1.0 / 40320);
  series = fused(series, rest, 1.0 / 5040);
  series = fused(series, rest, 1.0 / 720);
  series = fused(series, rest, 1.0 / 120);
  series = fused(series, rest, 1.0 / 24);
  series = fused(series, rest, 1.0 / 6);
  series = fused(series, rest, 0.5);
  series = fused(series, rest, 1.0);
  series = fused(series, rest, 1.0);
  T const power = detail::same_bits<T>((detail::same_bits<Bits>(shifted) + 1023) << 52);
  T const value = series * power;
  T const none{}, infinite = none + HUGE_VAL;
  return x < -708.0 ? none : x > 709.0 ? infinite : value;
}

/// log x for normal x > 0, within a few units in the last place; not a number for x < 0, -infinity at 0 and below the normal numbers.
template <class T>
KOKKOS_INLINE_FUNCTION T logarithm(T const& x) {
  using Bits = typename detail::BitsOf<T>::type;
  // x = m 2^doublings, m in [sqrt(1/2), sqrt 2).
  Bits const bits = detail::same_bits<Bits>(x);
  Bits const above = (bits & 0x000fffffffffffff) >= 0x6a09e667f3bcd ? Bits{} + 1 : Bits{};
  Bits const doublings = ((bits >> 52) & 0x7ff) - 1023 + above;
  T const m = detail::same_bits<T>((bits & 0x000fffffffffffff) | ((1023 - above) << 52));
  double const shift = 6755399441055744.0;
  T const count = detail::same_bits<T>(doublings + detail::same_bits<std::int64_t>(shift)) - shift;
  // log m = 2 atanh t = 2 t (1 + t^2/3 + t^4/5 + ...), |t| <= 0.172: the terms left out are below 1e-17.
  T const t = (m - 1.0) / (m + 1.0), t2 = t * t;
  T series = fused(t2, 1.0 / 21, 1.0 / 19);
  series = fused(series, t2, 1.0 / 17);
  series = fused(series, t2, 1.0 / 15);
  series = fused(series, t2, 1.0 / 13);
  series = fused(series, t2, 1.0 / 11);
  series = fused(series, t2, 1.0 / 9);
  series = fused(series, t2, 1.0 / 7);
  series = fused(series, t2, 1.0 / 5);
  series = fused(series, t2, 1.0 / 3);
  T const of_m = fused(series * t2, t * 2.0, t * 2.0);
  T const value = fused(count, 0.6931471803691238, fused(count, 1.9082149292705877e-10, of_m));
  T const infinite = T{} - HUGE_VAL, undefined = infinite - infinite;
  return x < 0.0 ? undefined : x < 2.2250738585072014e-308 ? infinite : x == x ? value : undefined;
}

}  // namespace bellshard
