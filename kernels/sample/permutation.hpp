#pragma once
#include <cstdint>

#include "kernels/sample/philox.hpp"

namespace bellshard::sample {

/// A random permutation of 0 .. size-1 that is never stored: items 0, 1, 2, ... go to distinct random places. A Feistel network
/// permutes the next larger even power of two; what falls outside is permuted again until it falls inside (Black and Rogaway 2002).
class Permutation {
 public:
  KOKKOS_INLINE_FUNCTION Permutation(std::uint64_t size, Block4 const& key) : size_(size), key_(key) {
    while (std::uint64_t{1} << (2 * half_bits_) < size) ++half_bits_;
  }

  KOKKOS_INLINE_FUNCTION std::uint64_t operator()(std::uint64_t item) const {
    do item = round_trip(item);
    while (item >= size_);
    return item;
  }

 private:
  KOKKOS_INLINE_FUNCTION std::uint64_t round_trip(std::uint64_t item) const {
    std::uint64_t const mask = (std::uint64_t{1} << half_bits_) - 1;
    std::uint64_t left = item >> half_bits_, right = item & mask;
    for (std::uint32_t round = 0; round < 8; ++round) {
      std::uint64_t const mixed = left ^ (mix(right, key_.word[round % 4] + 0x9E3779B9u * round) & mask);
      left = right;
      right = mixed;
    }
    return (left << half_bits_) | right;
  }

  /// Steele, Lea and Flood's finisher (2014), keyed.
  KOKKOS_INLINE_FUNCTION static std::uint64_t mix(std::uint64_t x, std::uint32_t key) {
    x += 0x9E3779B97F4A7C15u * (std::uint64_t{key} + 1);
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
  }

  std::uint64_t size_;
  Block4 key_;
  unsigned half_bits_ = 1;
};

}  // namespace bellshard::sample
