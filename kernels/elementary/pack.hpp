#pragma once
#include <cstdint>
#include <cstring>

#include "kernels/vectors.hpp"

namespace bellshard {

// Items that a work item computes side by side: on the host a vector register of float64, on a device one number. What runs on packs is a template over
// the number, so that one item alone gets the same bits.
#if defined(BELLSHARD_VECTORS)
using Pack = Vector<double>;
using PackBits = Vector<std::int64_t>;
inline Pack fused(Pack const& a, Pack const& b, double c) { return fused(a, b, all_lanes<Pack>(c)); }
inline Pack fused(Pack const& a, double b, Pack const& c) { return fused(a, all_lanes<Pack>(b), c); }
inline Pack fused(Pack const& a, double b, double c) { return fused(a, all_lanes<Pack>(b), all_lanes<Pack>(c)); }
#else
using Pack = double;
using PackBits = std::int64_t;
#endif
inline constexpr int pack_width = static_cast<int>(sizeof(Pack) / sizeof(double));

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
