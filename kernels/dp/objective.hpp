#pragma once
#include <Kokkos_Core.hpp>
#include <limits>

namespace bellshard::dp {

enum class Objective { min, max };

/// Is `a` strictly better than `b`?
KOKKOS_INLINE_FUNCTION constexpr bool better(Objective objective, double a, double b) {
  return objective == Objective::max ? a > b : a < b;
}

KOKKOS_INLINE_FUNCTION constexpr double best_of(Objective objective, double a, double b) {
  return objective == Objective::max ? (a > b ? a : b) : (a < b ? a : b);
}

/// Worse than every number: where a search for the best starts.
KOKKOS_INLINE_FUNCTION constexpr double worst(Objective objective) {
  return objective == Objective::max ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

}  // namespace bellshard::dp
