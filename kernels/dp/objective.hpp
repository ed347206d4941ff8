#pragma once
#include <Kokkos_Core.hpp>
#include <limits>

namespace bellshard::dp {

enum class Objective { min, max };

/// As a constant, which device code may read; std::numeric_limits' function it may not call.
inline constexpr double infinite = std::numeric_limits<double>::infinity();

/// Is `a` strictly better than `b`?
KOKKOS_INLINE_FUNCTION constexpr bool better(Objective objective, double a, double b) {
  return objective == Objective::max ? a > b : a < b;
}

KOKKOS_INLINE_FUNCTION constexpr double best_of(Objective objective, double a, double b) {
  return objective == Objective::max ? (a > b ? a : b) : (a < b ? a : b);
}

/// Worse than every number: where a search for the best starts.
KOKKOS_INLINE_FUNCTION constexpr double worst(Objective objective) {
  return objective == Objective::max ? -infinite : infinite;
}

}  // namespace bellshard::dp
