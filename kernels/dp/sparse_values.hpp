#pragma once
#include "kernels/execution.hpp"

namespace bellshard::dp {

// What a sum over transitions reads, beside a plain array of values.

/// |value|, of an array or of anything else here.
template <class Value>
struct Magnitude {
  Value value;
  KOKKOS_INLINE_FUNCTION double operator[](std::int64_t i) const {
    double const v = value[i];
    return v < 0 ? -v : v;
  }
};
template <class Value>
Magnitude(Value) -> Magnitude<Value>;

/// value + shift weight: a bound made from values where it is read (bounds.hpp), so that it takes no memory.
struct ShiftedValues {
  double const* value;
  double const* weight;  ///< null: 1 everywhere
  double shift;
  KOKKOS_INLINE_FUNCTION double operator[](std::int64_t i) const { return value[i] + (weight ? shift * weight[i] : shift); }
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
