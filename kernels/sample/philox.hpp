#pragma once
#include <Kokkos_Core.hpp>
#include <Random123/philox.h>
#include <cstdint>

namespace bellshard::sample {

/// Four random words from a key and a counter, without a state: Philox 4x32-10 (Salmon et al. 2011). The same on every rank,
/// thread and back end, so any of them draws any number alone.
struct Block4 {
  std::uint32_t word[4];
};

/// key = (seed, purpose), counter = (item, draw). `purpose` keeps what is drawn for different ends apart.
KOKKOS_INLINE_FUNCTION Block4 draw_block(std::uint32_t seed, std::uint32_t purpose, std::uint64_t item, std::uint64_t draw) {
  r123::Philox4x32::ctr_type const counter = {{static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(item >> 32),
                                               static_cast<std::uint32_t>(draw), static_cast<std::uint32_t>(draw >> 32)}};
  r123::Philox4x32::key_type const key = {{seed, purpose}};
  r123::Philox4x32::ctr_type const words = philox4x32_R(10, counter, key);
  return {{words.v[0], words.v[1], words.v[2], words.v[3]}};
}

/// Uniform in (0, 1): the midpoints of 2^52 equal cells, so that neither end is ever met.
KOKKOS_INLINE_FUNCTION double uniform(std::uint32_t high, std::uint32_t low) {
  std::uint64_t const cell = ((std::uint64_t{high} << 32) | low) >> 12;
  return (static_cast<double>(cell) + 0.5) * 2.220446049250313e-16;
}

}  // namespace bellshard::sample
