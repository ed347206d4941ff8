#pragma once
#include "kernels/dp/objective.hpp"
#include "kernels/execution.hpp"

namespace bellshard::dp {

// How the transitions of a sparse model are stored. A storage is one kind of columns and one kind of probabilities; both make,
// of a pair of state and action, a Row to be indexed by the transition's number k within the pair. All give the exact float64
// probabilities, so that no result depends on the storage.

/// 4 bytes a transition: the place of the next state in local storage.
struct IndexedColumns {
  Array<std::int32_t const> column;  ///< [transition]

  struct Row {
    std::int32_t const* column;
    KOKKOS_INLINE_FUNCTION std::int64_t operator[](std::int64_t k) const { return column[k]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t, std::int64_t, std::int64_t first) const { return {column.data() + first}; }
  static constexpr char const* name = "int32 places";
  static constexpr double bytes_a_transition = 4, bytes_a_pair = 0;
};

/// 2 bytes a transition: how far the next state lies from the state, in local storage.
struct NearColumns {
  Array<std::int16_t const> distance;  ///< [transition]

  struct Row {
    std::int16_t const* distance;
    std::int64_t place;  ///< of the state
    KOKKOS_INLINE_FUNCTION std::int64_t operator[](std::int64_t k) const { return place + distance[k]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t place, std::int64_t, std::int64_t first) const { return {distance.data() + first, place}; }
  static constexpr char const* name = "int16 distances";
  static constexpr double bytes_a_transition = 2, bytes_a_pair = 0;
};

/// 4 bytes a pair, whose next states follow each other in local storage.
struct RunColumns {
  Array<std::int32_t const> begin;  ///< [pair] place of its first next state

  struct Row {
    std::int64_t begin;
    KOKKOS_INLINE_FUNCTION std::int64_t operator[](std::int64_t k) const { return begin + k; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t, std::int64_t pair, std::int64_t) const { return {begin(pair)}; }
  static constexpr char const* name = "runs";
  static constexpr double bytes_a_transition = 0, bytes_a_pair = 4;
};

/// 8 bytes a transition.
struct PlainProbabilities {
  Array<double const> probability;  ///< [transition]

  struct Row {
    double const* probability;
    KOKKOS_INLINE_FUNCTION double operator[](std::int64_t k) const { return probability[k]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t first) const { return {probability.data() + first}; }
  static constexpr char const* name = "float64 probabilities";
  static constexpr double bytes_a_transition = 8;
};

/// 4 bytes a transition: float64 probabilities that float32 holds exactly, as those of a float32 file.
struct SingleProbabilities {
  Array<float const> probability;  ///< [transition]

  struct Row {
    float const* probability;
    KOKKOS_INLINE_FUNCTION double operator[](std::int64_t k) const { return static_cast<double>(probability[k]); }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t first) const { return {probability.data() + first}; }
  static constexpr char const* name = "float32 probabilities";
  static constexpr double bytes_a_transition = 4;
};

/// 1 byte a transition: a number in a table of all probabilities that occur.
struct TabledProbabilities {
  static constexpr std::size_t table_size = 256;
  Array<std::uint8_t const> code;  ///< [transition]
  Array<double const> table;       ///< [code]

  struct Row {
    std::uint8_t const* code;
    double const* table;
    KOKKOS_INLINE_FUNCTION double operator[](std::int64_t k) const { return table[code[k]]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t first) const { return {code.data() + first, table.data()}; }
  static constexpr char const* name = "a table of probabilities";
  static constexpr double bytes_a_transition = 1;
};

/// 16 bytes a transition: the ends of an interval that nature chooses within (interval models).
struct IntervalProbabilities {
  Array<double const> lower;  ///< [transition]
  Array<double const> upper;  ///< [transition]
  Objective nature = Objective::min;  ///< what nature makes of the expected value

  struct Row {
    double const* lower;
    double const* upper;
    Objective nature;
    KOKKOS_INLINE_FUNCTION double operator[](std::int64_t k) const { return lower[k]; }
  };
  KOKKOS_INLINE_FUNCTION Row row(std::int64_t first) const { return {lower.data() + first, upper.data() + first, nature}; }
  static constexpr char const* name = "intervals";
  static constexpr double bytes_a_transition = 16;
};

}  // namespace bellshard::dp
