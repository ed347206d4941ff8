#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

#include "kernels/vectors.hpp"

namespace bellshard::network {

// Images lie innermost: a work item has a pack of them, one weight multiplies the pack. On the host a pack is a vector register, on a device
// one image, and neighbouring threads have neighbouring images. fused(a, b, c) is a b + c in one rounding, where the machine has it; a is a pack or one number for all of it.
using bellshard::fused;
#if defined(BELLSHARD_VECTORS)
inline constexpr int lanes = vector_bytes > 32 ? 16 : 8;
using Pack = Vector<float, lanes>;
inline Pack fused(float a, Pack const& b, Pack const& c) { return fused(all_lanes<Pack>(a), b, c); }
#else
inline constexpr int lanes = 32;
using Pack = float;
KOKKOS_INLINE_FUNCTION Pack fused(float a, Pack b, Pack c) { return ::fmaf(a, b, c); }
#endif

inline constexpr int pack_width = static_cast<int>(sizeof(Pack) / sizeof(float));
inline constexpr int packs = lanes / pack_width;  ///< work items of a group of images

/// Activations of images: [group of `lanes` images, channel, row, column, image of the group]. Every line of lanes is aligned to its size.
using FeatureMaps = Kokkos::View<float****[lanes], Kokkos::LayoutRight, Memory>;
using ConstFeatureMaps = Kokkos::View<float const****[lanes], Kokkos::LayoutRight, Memory>;

KOKKOS_INLINE_FUNCTION Pack load(float const* from) {
  Pack pack;
  std::memcpy(&pack, from, sizeof pack);
  return pack;
}
KOKKOS_INLINE_FUNCTION void store(float* to, Pack pack) { std::memcpy(to, &pack, sizeof pack); }
KOKKOS_INLINE_FUNCTION Pack rectified(Pack value) {
  Pack const zero{};
  return value > zero ? value : zero;
}

inline Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>> items(Execution const& execution, std::int64_t size) { return {execution, 0, size}; }

}  // namespace bellshard::network
