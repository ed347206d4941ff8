#pragma once
// A host's vector registers, for kernels that are written out on them because compilers keep arrays of lanes in memory, and a b + c in one rounding.
// A build for devices has no vectors: there threads lie side by side.
#include <Kokkos_Core.hpp>
#include <cstring>
#include <type_traits>

#include "kernels/execution.hpp"

#if defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP) || defined(KOKKOS_ENABLE_SYCL)
#define BELLSHARD_DEVICE_BUILD 1
#elif defined(__GNUC__)
#define BELLSHARD_VECTORS 1
#if defined(__AVX__)
#include <immintrin.h>
#endif
#endif

namespace bellshard {

/// a b + c: in one rounding where the machine that is built for has it, the same for numbers alone, in vectors and on a device; else in two.
KOKKOS_FORCEINLINE_FUNCTION double fused(double a, double b, double c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(BELLSHARD_DEVICE_BUILD)
  return ::fma(a, b, c);
#else
  return a * b + c;
#endif
}

#if defined(BELLSHARD_VECTORS)
#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif

template <class T, int Lanes>
struct VectorOf {
  using Type [[gnu::vector_size(sizeof(T) * Lanes)]] = T;
};
/// Lanes numbers, a register of them unless told otherwise: + - * / < == ?: work lane by lane.
template <class T, int Lanes = vector_bytes / static_cast<int>(sizeof(T))>
using Vector = typename VectorOf<T, Lanes>::Type;

template <class V>
using LaneOf = std::remove_cvref_t<decltype(std::declval<V&>()[0])>;
template <class V>
inline constexpr int lanes_of = static_cast<int>(sizeof(V) / sizeof(LaneOf<V>));

/// A number in all lanes. (V{} + number would turn -0 into 0, at the price of an addition.)
template <class V>
inline V all_lanes(LaneOf<V> number) {
  return number - V{};
}

/// Numbers from any address on, as the lanes of a V.
template <class V, class T>
inline V load_vector(T const* from) {
  Vector<T, lanes_of<V>> stored;
  std::memcpy(&stored, from, sizeof stored);
  return __builtin_convertvector(stored, V);
}
/// The lanes of a V, as numbers to any address.
template <class V, class T>
inline void store_vector(T* to, V const& vector) {
  auto const stored = __builtin_convertvector(vector, Vector<T, lanes_of<V>>);
  std::memcpy(to, &stored, sizeof stored);
}

/// a b + c, lane by lane.
template <class V>
  requires(lanes_of<V> > 1)
inline V fused(V const& a, V const& b, V const& c) {
  [[maybe_unused]] constexpr bool real64 = std::is_same_v<LaneOf<V>, double>, real32 = std::is_same_v<LaneOf<V>, float>;
#if defined(__AVX512F__)
  if constexpr (sizeof(V) == 64 && real64) return _mm512_fmadd_pd(a, b, c);
  else if constexpr (sizeof(V) == 64 && real32) return _mm512_fmadd_ps(a, b, c);
  else
#endif
#if defined(__FMA__)
  if constexpr (sizeof(V) == 32 && real64) return _mm256_fmadd_pd(a, b, c);
  else if constexpr (sizeof(V) == 32 && real32) return _mm256_fmadd_ps(a, b, c);
  else
#endif
  return a * b + c;
}
#endif

}  // namespace bellshard
