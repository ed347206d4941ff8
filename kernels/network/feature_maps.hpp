#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

#include "kernels/execution.hpp"

#if defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP) || defined(KOKKOS_ENABLE_SYCL)
#define BELLSHARD_LANES_OF_DEVICE
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#endif

namespace bellshard::network {

// Images lie innermost: a work item has a pack of them, one weight multiplies the pack. On the host a pack is a vector register, on a device
// one image, and neighbouring threads have neighbouring images. fused(a, b, c) is a b + c in one rounding, where the machine has it; a is a pack or one number for all of it.
#if defined(BELLSHARD_LANES_OF_DEVICE)
inline constexpr int lanes = 32;
using Pack = float;
KOKKOS_INLINE_FUNCTION Pack fused(float a, Pack b, Pack c) { return ::fmaf(a, b, c); }
#elif defined(__AVX512F__)
inline constexpr int lanes = 16;
using Pack = __m512;
inline Pack fused(Pack a, Pack b, Pack c) { return _mm512_fmadd_ps(a, b, c); }
inline Pack fused(float a, Pack b, Pack c) { return fused(_mm512_set1_ps(a), b, c); }
#elif defined(__AVX2__) && defined(__FMA__)
inline constexpr int lanes = 8;
using Pack = __m256;
inline Pack fused(Pack a, Pack b, Pack c) { return _mm256_fmadd_ps(a, b, c); }
inline Pack fused(float a, Pack b, Pack c) { return fused(_mm256_set1_ps(a), b, c); }
#else
inline constexpr int lanes = 8;
typedef float Pack __attribute__((vector_size(lanes * sizeof(float)), may_alias));
inline Pack fused(Pack a, Pack b, Pack c) { return a * b + c; }
inline Pack fused(float a, Pack b, Pack c) { return a * b + c; }
#endif

inline constexpr int pack_width = static_cast<int>(sizeof(Pack) / sizeof(float));
inline constexpr int packs = lanes / pack_width;  ///< work items of a group of images

/// Activations of images: [group of `lanes` images, channel, row, column, image of the group]. Every line of lanes is aligned to its size.
using FeatureMaps = Kokkos::View<float****[lanes], Kokkos::LayoutRight, Memory>;
using ConstFeatureMaps = Kokkos::View<float const****[lanes], Kokkos::LayoutRight, Memory>;

KOKKOS_INLINE_FUNCTION Pack load(float const* from) { return *reinterpret_cast<Pack const*>(from); }
KOKKOS_INLINE_FUNCTION void store(float* to, Pack value) { *reinterpret_cast<Pack*>(to) = value; }
KOKKOS_INLINE_FUNCTION Pack rectified(Pack value) {
  Pack const zero{};
  return value > zero ? value : zero;
}

inline Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>> items(Execution const& execution, std::int64_t size) { return {execution, 0, size}; }

}  // namespace bellshard::network
