#pragma once
// The stage of a multiple-choice knapsack on the vectors of a host: two operations for each cell and candidate, an addition and a minimum. Candidates
// are taken in groups of eight; only at the end of a group is it noted for which cells the minimum fell, and at the end of all the candidate is found within
// the group, so that the search for it costs a tenth of the sweep and not as much as the sweep.
#include <cstring>
#include <type_traits>

#include "kernels/dp/knapsack_stage.hpp"

#if defined(__GNUC__) && !defined(__CUDACC__) && !defined(__HIPCC__)
#define BELLSHARD_KNAPSACK_LANES 1

namespace bellshard::dp::lanes {

#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif
inline constexpr int vectors = 4;  // of values in registers at a time
inline constexpr std::int32_t group_size = 8;

template <class T>
struct Vector {
  using Whole = std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>;
  using Values [[gnu::vector_size(vector_bytes)]] = T;
  using Wholes [[gnu::vector_size(vector_bytes)]] = Whole;
  static constexpr int lanes = vector_bytes / static_cast<int>(sizeof(T));

  static Values load(T const* from) {
    Values values;
    std::memcpy(&values, from, sizeof values);
    return values;
  }
};

/// Cells of a run that are swept at a time.
template <class T>
inline constexpr std::int64_t wide = vectors * Vector<T>::lanes;

/// The candidate, within the group that each lane names, whose value is the least one; the lowest of several.
template <class T, class Number>
typename Vector<T>::Wholes find_candidates(KnapsackStage<T, Number> const& stage, std::int64_t c, typename Vector<T>::Values least,
                                           typename Vector<T>::Wholes group) {
  using V = Vector<T>;
  typename V::Wholes found = group;
  typename V::Whole groups[V::lanes];
  std::memcpy(groups, &group, sizeof group);
  for (int lane = 0; lane < V::lanes; ++lane) {
    if (lane > 0 && groups[lane] == groups[lane - 1]) continue;  // neighbours mostly agree
    auto const first = static_cast<std::int32_t>(groups[lane]);
    auto const end = first + group_size < stage.candidates ? first + group_size : stage.candidates;
    typename V::Wholes const here = group == (typename V::Wholes{} + first);
    for (std::int32_t k = end - 1; k >= first; --k) {
      typename V::Wholes const hit = (V::load(stage.before + c - stage.cost[k]) + stage.loss[k] == least) & here;
      found = hit ? (typename V::Wholes{} + k) : found;
    }
  }
  return found;
}

/// The `wide` cells from c on.
template <class T, class Number>
void sweep_wide(KnapsackStage<T, Number> const& stage, std::int64_t c) {
  using V = Vector<T>;
  constexpr int count = vectors;
  typename V::Values least[count];
  typename V::Wholes group[count];
  for (int j = 0; j < count; ++j) {
    least[j] = typename V::Values{} + std::numeric_limits<T>::infinity();
    group[j] = typename V::Wholes{};
  }
  for (std::int32_t first = 0; first < stage.candidates; first += group_size) {
    auto const end = first + group_size < stage.candidates ? first + group_size : stage.candidates;
    typename V::Values lower[count];
    for (int j = 0; j < count; ++j) lower[j] = least[j];
    for (std::int32_t k = first; k < end; ++k) {
      T const* const from = stage.before + c - stage.cost[k];
      T const loss = stage.loss[k];
      for (int j = 0; j < count; ++j) {
        auto const value = V::load(from + j * V::lanes) + loss;
        lower[j] = value < lower[j] ? value : lower[j];
      }
    }
    for (int j = 0; j < count; ++j) {
      group[j] = lower[j] < least[j] ? (typename V::Wholes{} + first) : group[j];
      least[j] = lower[j];
    }
  }
  for (int j = 0; j < count; ++j) {
    auto const at = c + j * V::lanes;
    auto const found = find_candidates(stage, at, least[j], group[j]);
    std::memcpy(stage.after + at, &least[j], sizeof least[j]);
    for (int lane = 0; lane < V::lanes; ++lane) stage.choice[at + lane] = static_cast<Number>(found[lane]);
  }
}

/// Asks for what a column's next cells read first and write: they lie too far away for the core to guess. Behind the end of an array this does nothing.
template <class T, class Number>
void ask_ahead(KnapsackStage<T, Number> const& stage, std::int64_t c) {
  constexpr std::int64_t line = 64;
  auto const* const read = reinterpret_cast<char const*>(stage.before + c);
  auto const* const written = reinterpret_cast<char const*>(stage.after + c);
  for (std::int64_t byte = 0; byte < wide<T> * static_cast<std::int64_t>(sizeof(T)) + line; byte += line) {
    __builtin_prefetch(read + byte, 0);
    __builtin_prefetch(written + byte, 1);
  }
  __builtin_prefetch(stage.choice + c, 1);
}

/// Cells [c, end). What is left at the end is swept together with cells before it, once more.
template <class T, class Number>
void sweep_run(KnapsackStage<T, Number> const& stage, std::int64_t c, std::int64_t end) {
  if (end - c < wide<T>) {
    for (; c < end; ++c) stage.sweep_cell(c);
    return;
  }
  for (; c + wide<T> <= end; c += wide<T>) sweep_wide(stage, c);
  if (c < end) sweep_wide(stage, end - wide<T>);
}

}  // namespace bellshard::dp::lanes
#endif
