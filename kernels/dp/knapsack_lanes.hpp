#pragma once
// The stage of a multiple-choice knapsack on the vectors of a host: two operations for each cell and candidate, an addition and a minimum. Candidates
// are taken in groups; only at the end of a group is it noted for which cells the minimum fell, and at the end of all the candidate is found within
// the group, so that the search for it costs a tenth of the sweep and not as much as the sweep.
#include <cstring>
#include <type_traits>

#include "kernels/dp/knapsack_stage.hpp"
#include "kernels/vectors.hpp"

#if defined(BELLSHARD_VECTORS)

namespace bellshard::dp::lanes {

inline constexpr int vectors = 4;  // of values in registers at a time
inline constexpr std::int32_t group_size = 12;

/// A register of values, and whole numbers and a stage's choices for its lanes.
template <class T>
using Values = Vector<T>;
template <class T>
inline constexpr int lanes = lanes_of<Values<T>>;
template <class T>
using Wholes = Vector<std::conditional_t<sizeof(T) == 8, std::int64_t, std::int32_t>>;
template <class T, class Number>
using Numbers = Vector<Number, lanes<T>>;

/// Cells of a run that are swept at a time.
template <class T>
inline constexpr std::int64_t wide = vectors * lanes<T>;

/// The candidate, within the group that each lane names, whose value is the least one; the lowest of several.
template <class T, class Number>
Wholes<T> find_candidates(KnapsackStage<T, Number> const& stage, std::int64_t c, Values<T> least, Wholes<T> group) {
  Wholes<T> found = group;
  LaneOf<Wholes<T>> groups[lanes<T>];
  std::memcpy(groups, &group, sizeof group);
  for (int lane = 0; lane < lanes<T>; ++lane) {
    if (lane > 0 && groups[lane] == groups[lane - 1]) continue;  // neighbours mostly agree
    auto const first = static_cast<std::int32_t>(groups[lane]);
    auto const end = first + group_size < stage.candidates ? first + group_size : stage.candidates;
    Wholes<T> const here = group == (Wholes<T>{} + first);
    for (std::int32_t k = end - 1; k >= first; --k) {
      Wholes<T> const hit = (load_vector<Values<T>>(stage.before + c - stage.cost[k]) + stage.loss[k] == least) & here;
      found = hit ? (Wholes<T>{} + k) : found;
    }
  }
  return found;
}

/// The `wide` cells from c on.
template <class T, class Number>
void sweep_wide(KnapsackStage<T, Number> const& stage, std::int64_t c) {
  constexpr int count = vectors;
  Values<T> least[count];
  Wholes<T> group[count];
  for (int j = 0; j < count; ++j) {
    least[j] = Values<T>{} + std::numeric_limits<T>::infinity();
    group[j] = Wholes<T>{};
  }
  for (std::int32_t first = 0; first < stage.candidates; first += group_size) {
    auto const end = first + group_size < stage.candidates ? first + group_size : stage.candidates;
    Values<T> lower[count];
    for (int j = 0; j < count; ++j) lower[j] = least[j];
    for (std::int32_t k = first; k < end; ++k) {
      T const* const from = stage.before + c - stage.cost[k];
      T const loss = stage.loss[k];
      for (int j = 0; j < count; ++j) {
        auto const value = load_vector<Values<T>>(from + j * lanes<T>) + loss;
        lower[j] = value < lower[j] ? value : lower[j];
      }
    }
    for (int j = 0; j < count; ++j) {
      group[j] = lower[j] < least[j] ? (Wholes<T>{} + first) : group[j];
      least[j] = lower[j];
    }
  }
  for (int j = 0; j < count; ++j) {
    auto const at = c + j * lanes<T>;
    auto const found = find_candidates(stage, at, least[j], group[j]);
    store_vector(stage.after + at, least[j]);
    store_vector(stage.choice + at, found);
  }
}

/// Cells of a row of a block that are swept at a time: more than of a run, for their group's candidates are all that they need in registers.
inline constexpr int broad_vectors = 2 * vectors;
template <class T>
inline constexpr std::int64_t broad = broad_vectors * lanes<T>;

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

/// When a group is tried over a block of cells.
enum class Turn { first, later };

/// One group of candidates over the `broad` cells from c on, whose least values of the groups tried before stand in `after`; notes in `group` for which
/// cells it is the lowest group that attains the least value. `size`: the number of candidates, known to the compiler for all groups but the last.
template <Turn turn, class T, class Number, class Size>
inline void lower_broad(KnapsackStage<T, Number> const& stage, std::int64_t c, std::int32_t first, Size size, Number* group) {
  using Found = Numbers<T, Number>;
  auto const loss_by = [&](std::int32_t k, int j) { return load_vector<Values<T>>(stage.before + c - stage.cost[k] + j * lanes<T>) + stage.loss[k]; };
  Values<T> lower[broad_vectors];
  for (int j = 0; j < broad_vectors; ++j) lower[j] = loss_by(first, j);
  for (std::int32_t k = 1; k < size; ++k) {
    for (int j = 0; j < broad_vectors; ++j) {
      auto const value = loss_by(first + k, j);
      lower[j] = value < lower[j] ? value : lower[j];
    }
  }
  auto const number = Found{} + static_cast<Number>(first);
  if constexpr (turn == Turn::first) {
    for (int j = 0; j < broad_vectors; ++j) {
      store_vector(group + j * lanes<T>, number);
      store_vector(stage.after + c + j * lanes<T>, lower[j]);
    }
    return;
  }
  auto const least = [&](int j) { return load_vector<Values<T>>(stage.after + c + j * lanes<T>); };
  Wholes<T> any{};
  for (int j = 0; j < broad_vectors; ++j) any |= lower[j] <= least(j);
  if (!any_of(any)) return;  // as most groups do
  for (int j = 0; j < broad_vectors; ++j) {
    auto const found = load_vector<Found>(group + j * lanes<T>);
    auto const fell = __builtin_convertvector(lower[j] < least(j), Found), attained = __builtin_convertvector(lower[j] == least(j), Found);
    auto const taken = fell | (attained & reinterpret_cast<Found>(found > number));
    store_vector(group + j * lanes<T>, (found & ~taken) | (number & taken));
    store_vector(stage.after + c + j * lanes<T>, lower[j] < least(j) ? lower[j] : least(j));
  }
}

/// The choices of the `wide` cells from c on, whose least values stand in `after` and their groups in `group`: mostly one and the same. `guess` is what
/// cells before them chose, and then what the last of these did.
template <class T, class Number>
void choose_wide(KnapsackStage<T, Number> const& stage, std::int64_t c, Number const* group, std::int32_t& guess) {
  std::int32_t const first = group[0];
  Number differ = 0;
  for (std::int64_t i = 1; i < wide<T>; ++i) differ |= static_cast<Number>(group[i] ^ group[0]);
  if (differ == 0 && stage.candidates - first >= group_size) {
    Values<T> least[vectors];
    for (int j = 0; j < vectors; ++j) least[j] = load_vector<Values<T>>(stage.after + c + j * lanes<T>);
    auto const attains = [&](std::int32_t k, int j) { return load_vector<Values<T>>(stage.before + c - stage.cost[k] + j * lanes<T>) + stage.loss[k] == least[j]; };
    if (guess >= first && guess < first + group_size) {
      Wholes<T> against{};  // cells that a lower candidate serves as well, or the guess worse
      for (std::int32_t k = first; k < guess; ++k) {
        for (int j = 0; j < vectors; ++j) against |= attains(k, j);
      }
      for (int j = 0; j < vectors; ++j) against |= ~attains(guess, j);
      if (!any_of(against)) {
        for (int j = 0; j < vectors; ++j) store_vector(stage.choice + c + j * lanes<T>, Wholes<T>{} + guess);
        return;
      }
    }
    Wholes<T> found[vectors];
    for (int j = 0; j < vectors; ++j) found[j] = Wholes<T>{} + first;
    for (std::int32_t k = first + group_size - 1; k >= first; --k) {  // the lowest last: it wins
      for (int j = 0; j < vectors; ++j) found[j] = attains(k, j) ? Wholes<T>{} + k : found[j];
    }
    for (int j = 0; j < vectors; ++j) store_vector(stage.choice + c + j * lanes<T>, found[j]);
  } else {
    for (int j = 0; j < vectors; ++j) {
      auto const at = c + j * lanes<T>;
      store_vector(stage.choice + at, find_candidates(stage, at, load_vector<Values<T>>(stage.after + at), load_vector<Wholes<T>>(group + j * lanes<T>)));
    }
  }
  guess = stage.choice[c + wide<T> - 1];
}

/// Group after group over a whole block: where rows lie as far apart as candidates' costs, a group reads most values for each of its candidates, and
/// after the first time from the nearest cache. The group that holds `guess`, what neighbours chose, comes first: then few others need to be noted.
template <class T, class Number>
void sweep_block(KnapsackStage<T, Number> const& stage, CellBlock const& block, std::int32_t& guess) {
  constexpr std::int64_t line = 64;
  alignas(line) Number groups[CellBlock::most];
  auto const sweep_group = [&]<Turn turn>(std::integral_constant<Turn, turn>, std::int32_t first) {
    auto* group = groups;
    for (std::int64_t row = 0; row < block.rows; ++row) {
      for (std::int64_t at = 0; at < block.width; at += broad<T>, group += broad<T>) {
        auto const c = block.first + row * block.stride + at;
        if (stage.candidates - first >= group_size) {
          lower_broad<turn>(stage, c, first, std::integral_constant<std::int32_t, group_size>(), group);
        } else {
          lower_broad<turn>(stage, c, first, stage.candidates - first, group);
        }
        if (turn == Turn::later) continue;
        // What the next block reads first and writes lies too far away for the core to guess. Behind the end of an array this does nothing.
        auto const next = c + block.rows * block.stride;
        for (std::int64_t byte = 0; byte < broad<T> * static_cast<std::int64_t>(sizeof(T)); byte += line) {
          __builtin_prefetch(reinterpret_cast<char const*>(stage.before + next) + byte, 0, 2);
          __builtin_prefetch(reinterpret_cast<char const*>(stage.after + next) + byte, 1, 2);
        }
        __builtin_prefetch(stage.choice + next, 1, 2);
      }
    }
  };
  auto const start = guess / group_size * group_size;
  sweep_group(std::integral_constant<Turn, Turn::first>(), start);
  for (std::int32_t first = 0; first < stage.candidates; first += group_size) {
    if (first != start) sweep_group(std::integral_constant<Turn, Turn::later>(), first);
  }
  auto const* group = groups;
  for (std::int64_t row = 0; row < block.rows; ++row) {
    for (std::int64_t at = 0; at < block.width; at += wide<T>, group += wide<T>) choose_wide(stage, block.first + row * block.stride + at, group, guess);
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
  if (whole_rows > 0) stage.sweep_cell(first);
  std::int32_t guess = whole_rows > 0 ? stage.choice[first] : 0;
  while (row < whole_rows) {
    auto const rows = whole_rows - row < CellBlock::most / width ? whole_rows - row : CellBlock::most / width;
    sweep_block(stage, {first + row * span, width, rows, span}, guess);
    for (auto const block_end = row + rows; row < block_end; ++row) {
      for (auto at = first + width; at < end; at += wide<T>) sweep_wide(stage, row * span + (at + wide<T> <= end ? at : end - wide<T>));
    }
  }
  for (; first + row * span < last; ++row) sweep_run(stage, first + row * span, end + row * span < last ? end + row * span : last);
}

}  // namespace bellshard::dp::lanes
#endif
