#pragma once
#include "kernels/execution.hpp"

namespace bellshard::dp {

// What a sum over transitions reads, beside a plain array of values.

/// |value|.
struct Magnitude {
  double const* value;
  KOKKOS_INLINE_FUNCTION double operator[](std::int64_t i) const { return value[i] < 0 ? -value[i] : value[i]; }
};

/// 1 at one place, else 0: its sum is the probability to go there.
struct Here {
  std::int64_t place;
  KOKKOS_INLINE_FUNCTION double operator[](std::int64_t i) const { return i == place ? 1.0 : 0.0; }
};

/// What a block of an ordered sweep reads: inside the block what it wrote itself, elsewhere the values before the sweep.
struct BlockValues {
  double const* now;
  double const* before;
  std::int64_t first;  ///< of the block, in local storage
  std::int64_t items;
  KOKKOS_INLINE_FUNCTION double operator[](std::int64_t i) const {
    return static_cast<std::uint64_t>(i - first) < static_cast<std::uint64_t>(items) ? now[i] : before[i];
  }
};

}  // namespace bellshard::dp
