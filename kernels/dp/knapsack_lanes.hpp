#pragma once
// The stage of a multiple-choice knapsack on the vectors of a host: two operations for each cell and candidate, an addition and a minimum. Candidates
// are taken in groups; only at the end of a group is it noted for which cells the minimum fell, and at the end of all the candidate is found within
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
inline constexpr std::int32_t group_size = 12;

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

/// Cells of a row of a block that are swept at a time: more than of a run, for their group's candidates are all that they need in registers.
inline constexpr int broad_vectors = 2 * vectors;
template <class T>
inline constexpr std::int64_t broad = broad_vectors * Vector<T>::lanes;

/// A block of cells: `rows` rows of `width` neighbouring cells, `stride` apart; `width` a multiple of `broad`.
struct CellBlock {
  static constexpr std::int64_t most = 8192;  ///< cells of one

  std::int64_t first, width, rows, stride;
};

/// Whether a vector has bits.
template <class Bits>
inline bool any_of(Bits const& bits) {
  std::uint64_t words[(sizeof bits + 7) / 8] = {}, any = 0;
  std::memcpy(words, &bits, sizeof bits);
  for (auto const word : words) any |= word;
  return any != 0;
}

/// One group of candidates over the `broad` cells from c on, whose least values of the groups before stand in `after`; notes in `group` where they fell.
/// `size`: the number of candidates, known to the compiler for all groups but the last.
template <class T, class Number, class Size>
inline void lower_broad(KnapsackStage<T, Number> const& stage, std::int64_t c, std::int32_t first, Size size, Number* group) {
  using V = Vector<T>;
  using Numbers [[gnu::vector_size(sizeof(Number) * V::lanes)]] = Number;
  auto const least = [&](int j) { return first > 0 ? V::load(stage.after + c + j * V::lanes) : typename V::Values{} + std::numeric_limits<T>::infinity(); };
  typename V::Values lower[broad_vectors];
  for (int j = 0; j < broad_vectors; ++j) lower[j] = least(j);
  for (std::int32_t k = 0; k < size; ++k) {
    T const* const from = stage.before + c - stage.cost[first + k];
    T const loss = stage.loss[first + k];
    for (int j = 0; j < broad_vectors; ++j) {
      auto const value = V::load(from + j * V::lanes) + loss;
      lower[j] = value < lower[j] ? value : lower[j];
    }
  }
  auto const fell = [&](int j) { return __builtin_convertvector(lower[j] < least(j), Numbers); };
  Numbers any{};
  for (int j = 0; j < broad_vectors; ++j) any |= fell(j);
  if (first > 0 && !any_of(any)) return;  // as many groups do, and neighbours alike
  for (int j = 0; j < broad_vectors; ++j) {
    Numbers found;
    std::memcpy(&found, group + j * V::lanes, sizeof found);
    found = (found & ~fell(j)) | ((Numbers{} + static_cast<Number>(first)) & fell(j));
    std::memcpy(group + j * V::lanes, &found, sizeof found);
    std::memcpy(stage.after + c + j * V::lanes, &lower[j], sizeof lower[j]);
  }
}

/// The choices of the `wide` cells from c on, whose least values stand in `after` and their groups in `group`: mostly one and the same.
template <class T, class Number>
void choose_wide(KnapsackStage<T, Number> const& stage, std::int64_t c, Number const* group) {
  using V = Vector<T>;
  using Numbers [[gnu::vector_size(sizeof(Number) * V::lanes)]] = Number;
  std::int32_t const first = group[0];
  Number differ = 0;
  for (std::int64_t i = 1; i < wide<T>; ++i) differ |= static_cast<Number>(group[i] ^ group[0]);
  if (differ == 0 && stage.candidates - first >= group_size) {
    typename V::Values least[vectors];
    typename V::Wholes found[vectors];
    for (int j = 0; j < vectors; ++j) least[j] = V::load(stage.after + c + j * V::lanes), found[j] = typename V::Wholes{} + first;
    for (std::int32_t k = group_size - 1; k >= 0; --k) {  // the lowest last: it wins
      T const* const from = stage.before + c - stage.cost[first + k];
      T const loss = stage.loss[first + k];
      for (int j = 0; j < vectors; ++j) found[j] = V::load(from + j * V::lanes) + loss == least[j] ? typename V::Wholes{} + (first + k) : found[j];
    }
    for (int j = 0; j < vectors; ++j) {
      auto const numbers = __builtin_convertvector(found[j], Numbers);
      std::memcpy(stage.choice + c + j * V::lanes, &numbers, sizeof numbers);
    }
    return;
  }
  for (int j = 0; j < vectors; ++j) {
    Numbers named;
    std::memcpy(&named, group + j * V::lanes, sizeof named);
    auto const at = c + j * V::lanes;
    auto const numbers = __builtin_convertvector(find_candidates(stage, at, V::load(stage.after + at), __builtin_convertvector(named, typename V::Wholes)), Numbers);
    std::memcpy(stage.choice + at, &numbers, sizeof numbers);
  }
}

/// Group after group over a whole block: where rows lie as far apart as candidates' costs, a group reads most values for each of its candidates, and
/// after the first time from the nearest cache.
template <class T, class Number>
void sweep_block(KnapsackStage<T, Number> const& stage, CellBlock const& block) {
  constexpr std::int64_t line = 64;
  alignas(line) Number groups[CellBlock::most];
  std::memset(groups, 0, static_cast<std::size_t>(block.rows * block.width) * sizeof(Number));
  for (std::int32_t first = 0; first < stage.candidates; first += group_size) {
    auto* group = groups;
    for (std::int64_t row = 0; row < block.rows; ++row) {
      for (std::int64_t at = 0; at < block.width; at += broad<T>, group += broad<T>) {
        auto const c = block.first + row * block.stride + at;
        if (stage.candidates - first >= group_size) {
          lower_broad(stage, c, first, std::integral_constant<std::int32_t, group_size>(), group);
        } else {
          lower_broad(stage, c, first, stage.candidates - first, group);
        }
        if (first > 0) continue;
        // What the next block reads first and writes lies too far away for the core to guess. Behind the end of an array this does nothing.
        auto const next = c + block.rows * block.stride;
        for (std::int64_t byte = 0; byte < broad<T> * static_cast<std::int64_t>(sizeof(T)); byte += line) {
          __builtin_prefetch(reinterpret_cast<char const*>(stage.before + next) + byte, 0, 2);
          __builtin_prefetch(reinterpret_cast<char const*>(stage.after + next) + byte, 1, 2);
        }
        __builtin_prefetch(stage.choice + next, 1, 2);
      }
    }
  }
  auto const* group = groups;
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t at = 0; at < block.width; at += wide<T>, group += wide<T>) choose_wide(stage, block.first + row * block.stride + at, group);
  }
}

/// Cells [c, end) one after the other, all candidates at once: where all that they read stays in the nearest cache. What is left at the end is swept
/// together with cells before it, once more.
template <class T, class Number>
void sweep_run(KnapsackStage<T, Number> const& stage, std::int64_t c, std::int64_t end) {
  if (end - c < wide<T>) {
    for (; c < end; ++c) stage.sweep_cell(c);
    return;
  }
  for (; c + wide<T> <= end; c += wide<T>) sweep_wide(stage, c);
  if (c < end) sweep_wide(stage, end - wide<T>);
}

/// Rows [first, end), [first + span, end + span) ... up to the cell `last`, group after group over blocks of them.
template <class T, class Number>
void sweep_rows(KnapsackStage<T, Number> const& stage, std::int64_t first, std::int64_t end, std::int64_t span, std::int64_t last) {
  auto const width = (end - first) / broad<T> * broad<T>;
  std::int64_t row = 0;
  auto const whole_rows = last >= end && width > 0 ? (last - end) / span + 1 : 0;
  while (row < whole_rows) {
    auto const rows = whole_rows - row < CellBlock::most / width ? whole_rows - row : CellBlock::most / width;
    sweep_block(stage, {first + row * span, width, rows, span});
    for (auto const block_end = row + rows; row < block_end; ++row) {
      for (auto at = first + width; at < end; at += wide<T>) sweep_wide(stage, row * span + (at + wide<T> <= end ? at : end - wide<T>));
    }
  }
  for (; first + row * span < last; ++row) sweep_run(stage, first + row * span, end + row * span < last ? end + row * span : last);
}

}  // namespace bellshard::dp::lanes
#endif
