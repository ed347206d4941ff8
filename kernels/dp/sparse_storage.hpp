#pragma once
#include "kernels/execution.hpp"

namespace bellshard::dp {

// How the transitions of a sparse model are stored. A storage is one kind of columns and one kind of probabilities; both make,
// of a pair of state and action, something to be indexed by the transition's number k within the pair. All give the
// exact float64 probabilities, so that no result depends on the storage.

/// 4 bytes: the place of the next state in local storage.
struct IndexedColumns {
  Array<std::int32_t const> column;  ///< [transition]

  struct Row {
    std::int32_t const* KOKKOS_RESTRICT column;
    KOKKOS_INLINE_FUNCTION std::int64_t operator[](std::int64_t k) const { return column[k]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t, std::int64_t, std::int64_t first) const { return {column.data() + first}; }
  static constexpr double bytes_a_transition = 4, bytes_a_pair = 0;
};

/// 8 bytes.
struct PlainProbabilities {
  Array<double const> probability;  ///< [transition]

  struct Row {
    double const* KOKKOS_RESTRICT probability;
    KOKKOS_INLINE_FUNCTION double operator[](std::int64_t k) const { return probability[k]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t first) const { return {probability.data() + first}; }
  static constexpr double bytes_a_transition = 8;
};

}  // namespace bellshard::dp
