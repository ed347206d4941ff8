#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <cstring>

#include "kernels/execution.hpp"

#if defined(__FMA__) && !defined(__CUDACC__) && !defined(__HIPCC__)
#include <immintrin.h>
#endif

namespace bellshard {

// Items that a work item computes side by side: on the host a vector register of float64, on a device one number. Written out, because compilers
// keep arrays of lanes in memory. What runs on packs is a template over the number, so that one item alone gets the same bits.
#if defined(__GNUC__) && !defined(KOKKOS_ENABLE_CUDA) && !defined(KOKKOS_ENABLE_HIP) && !defined(KOKKOS_ENABLE_SYCL)
#if defined(__AVX512F__)
inline constexpr int pack_width = 8;
#elif defined(__AVX__)
inline constexpr int pack_width = 4;
#else
inline constexpr int pack_width = 2;
#endif
typedef double Pack __attribute__((vector_size(pack_width * sizeof(double))));
typedef std::int64_t PackBits __attribute__((vector_size(pack_width * sizeof(double))));
#else
inline constexpr int pack_width = 1;
using Pack = double;
using PackBits = std::int64_t;
#endif

/// a b + c, in one rounding where the machine that is built for has it; for packs and single numbers alike.
KOKKOS_INLINE_FUNCTION double fused(double a, double b, double c) {
#if defined(__FMA__) || defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP) || defined(KOKKOS_ENABLE_SYCL)
  return ::fma(a, b, c);
#else
  return a * b + c;
#endif
}
#if defined(__GNUC__) && !defined(KOKKOS_ENABLE_CUDA) && !defined(KOKKOS_ENABLE_HIP) && !defined(KOKKOS_ENABLE_SYCL)
inline Pack fused(Pack const& a, Pack const& b, Pack const& c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_pd(a, b, c);
#elif defined(__AVX__) && defined(__FMA__)
  return _mm256_fmadd_pd(a, b, c);
#else
  return a * b + c;
#endif
}
inline Pack fused(Pack const& a, Pack const& b, double c) { return fused(a, b, Pack{} + c); }
inline Pack fused(Pack const& a, double b, Pack const& c) { return fused(a, Pack{} + b, c); }
inline Pack fused(Pack const& a, double b, double c) { return fused(a, Pack{} + b, Pack{} + c); }
#endif

/// Packs that hold `items`, the last one perhaps in part.
KOKKOS_INLINE_FUNCTION constexpr std::int64_t packs_of(std::int64_t items) { return (items + pack_width - 1) / pack_width; }

/// Numbers of packs: [pack, entry, lane].
using PackedTable = Kokkos::View<double** [pack_width], Kokkos::LayoutRight, Memory>;

KOKKOS_INLINE_FUNCTION Pack load_pack(double const* from) {
  Pack pack;
  std::memcpy(&pack, from, sizeof pack);
  return pack;
}
KOKKOS_INLINE_FUNCTION void store_pack(double* to, Pack const& pack) { std::memcpy(to, &pack, sizeof pack); }

KOKKOS_INLINE_FUNCTION double lane_of(Pack const& pack, int lane) {
  double lanes[pack_width];
  std::memcpy(lanes, &pack, sizeof lanes);
  return lanes[lane];
}

/// Sum of the lanes, in one order.
KOKKOS_INLINE_FUNCTION double sum_of_lanes(Pack const& pack) {
  double lanes[pack_width];
  std::memcpy(lanes, &pack, sizeof lanes);
  for (int width = pack_width / 2; width > 0; width /= 2) {
    for (int l = 0; l < width; ++l) lanes[l] += lanes[l + width];
  }
  return lanes[0];
}

KOKKOS_INLINE_FUNCTION Pack square_root(Pack const& pack) {
  double lanes[pack_width];
  std::memcpy(lanes, &pack, sizeof lanes);
  for (int l = 0; l < pack_width; ++l) lanes[l] = ::sqrt(lanes[l]);
  return load_pack(lanes);
}

}  // namespace bellshard
