#pragma once
#include "kernels/elementary/pack.hpp"

namespace bellshard {

/// value[place[lane]] of each lane.
KOKKOS_INLINE_FUNCTION Pack gather_pack(double const* value, std::int32_t const* place) {
#if defined(BELLSHARD_VECTORS) && defined(__AVX512F__)
  return _mm512_mask_i32gather_pd(_mm512_setzero_pd(), 0xff, _mm256_loadu_si256(reinterpret_cast<__m256i const*>(place)), value, sizeof(double));
#else
  double lanes[pack_width];
  for (int l = 0; l < pack_width; ++l) lanes[l] = value[place[l]];
  return load_pack(lanes);
#endif
}

}  // namespace bellshard
