#pragma once
#include "kernels/dp/sparse_in_place.hpp"

namespace bellshard::dp {

/// Which blocks of states lead to which.
/// link  [block * (blocks + 1) + block led to]  0 or 1; the last of each row: to items of other ranks
struct BlockLinks {
  std::int64_t block_states;
  std::int64_t blocks;
  std::int64_t states;     ///< own
  std::int64_t own_first;  ///< in local storage
  Array<std::int32_t> link;

  KOKKOS_INLINE_FUNCTION void mark(std::int64_t s, std::int64_t place) const {
    std::int64_t const next = place - own_first;
    std::int64_t const to = next >= 0 && next < states ? next / block_states : blocks;
    std::int32_t& cell = link(s / block_states * (blocks + 1) + to);
    if (cell == 0) Kokkos::atomic_fetch_or(&cell, 1);
  }
};

/// All 0.
inline BlockLinks make_links(std::int64_t block_states, std::int64_t states, std::int64_t own_first) {
  std::int64_t const blocks = (states + block_states - 1) / block_states;
  return {block_states, blocks, states, own_first, Array<std::int32_t>("bellshard::dp::links", blocks * (blocks + 1))};
}

/// Calls visit(place) for the successors of a pair. (A function: nvcc looks into both branches where they stand in a generic lambda.)
template <class Sum, class Pair, class Visit>
KOKKOS_INLINE_FUNCTION void for_each_place(Pair const& pair, Visit const& visit) {
  if constexpr (requires { pair.column; }) {
    for (std::uint32_t k = 0; k < pair.transitions; ++k) visit(pair.column[k]);
  } else {
    Sum::each(pair, [&](double, std::int64_t place) { visit(place); });
  }
}

/// Marks the links of each state that it visits.
template <class Model>
struct MarkLinks {
  Model model;
  BlockLinks links;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const&, std::int64_t s, Range&) const {
    model.for_each_action(s, [&](std::int32_t, auto const& pair) {
      for_each_place<Sum>(pair, [&](std::int64_t place) { links.mark(s, place); });
    });
  }
};

/// Sweeps the own states [begin, end) in place, in order, as contiguous pieces, one a thread; a piece reads of the others what `copy` says.
/// copy  [local state]  the same as values; not touched for one piece
template <class Sum, class Model>
struct RelaxPieces {
  Model model;
  std::int64_t begin, end, pieces;
  SweepDirection direction;
  Array<double> values;
  Array<double const> copy;

  KOKKOS_FUNCTION void operator()(std::int64_t piece, Range& range) const {
    std::int64_t const first = begin + (end - begin) * piece / pieces, last = begin + (end - begin) * (piece + 1) / pieces;
    BlockValues const seen{values.data(), copy.data(), model.own_first + first, last - first};
    for (std::int64_t k = first; k < last; ++k) {
      std::int64_t const s = direction == SweepDirection::ascending ? k : first + last - 1 - k;
      double const old = values(model.own_first + s);
      double const* const all = values.data();
      double const value = pieces == 1 ? relaxed_value(Sum(), model, s, all, old, 1.0) : relaxed_value(Sum(), model, s, seen, old, 1.0);
      values(model.own_first + s) = value;
      double const change = change_of(value, old);
      widen(range, change, change);
    }
  }
};

/// The same as a call. Afterwards `copy` is the same as values again, where there is more than one piece.
template <class Sum, class Model>
Range sweep_part_in_order(Execution const& space, Model const& model, std::int64_t begin, std::int64_t end, SweepDirection direction,
                          Array<double> const& values, Array<double> const& copy) {
  Range range = no_range();
  if (end <= begin) return range;
  std::int64_t const threads = space.concurrency(), pieces = threads < end - begin ? threads : end - begin;
  Kokkos::parallel_reduce("bellshard::dp::sweep_part", Kokkos::RangePolicy<Execution>(space, 0, pieces),
                          RelaxPieces<Sum, Model>{model, begin, end, pieces, direction, values, copy}, Kokkos::MinMax<double>(range));
  if (pieces == 1) return range;
  Kokkos::pair<std::int64_t, std::int64_t> const written(model.own_first + begin, model.own_first + end);
  Kokkos::deep_copy(space, Kokkos::subview(copy, written), Kokkos::subview(values, written));
  return range;
}

/// The same on a device: the states of the part at once, all from the values before it. chunk: all chunks in ascending order; `begin` is that of a chunk.
template <class Model>
Range sweep_part_at_once(Execution const& space, Model const& model, ChunkList const& all, std::int64_t begin, std::int64_t end,
                         Array<double> const& values, Array<double> const& copy) {
  if (end <= begin) return no_range();
  ChunkList part = all;
  Kokkos::pair<std::int64_t, std::int64_t> const chunks(begin / chunk_states, (end + chunk_states - 1) / chunk_states);
  part.chunk = Kokkos::subview(all.chunk, chunks);
  part.states = end;
  Range const range = visit_states("bellshard::dp::sweep_part", space, part, RelaxedBackup<Model>{model, 1.0, values, copy});
  Kokkos::pair<std::int64_t, std::int64_t> const written(model.own_first + begin, model.own_first + end);
  Kokkos::deep_copy(space, Kokkos::subview(values, written), Kokkos::subview(copy, written));
  return range;
}

}  // namespace bellshard::dp
