#pragma once
#include "kernels/dp/sparse_sweep.hpp"

namespace bellshard::dp {

enum class SweepDirection { ascending, descending };

/// The value that Q(s, a) has once it is the value of s itself: the step's own return is solved for, not iterated.
template <class Sum, class Model, class Pair>
KOKKOS_INLINE_FUNCTION double without_return(Sum const& sum, Model const& model, Pair const& pair, std::int64_t place, double q, double old) {
  double const stay = model.discount * sum(pair, Here{place});
  constexpr double most = 1 - 1e-6;  // beyond, the difference is rounding
  return stay > 0 && stay <= most ? (q - stay * old) / (1 - stay) : q;
}
template <class Model, class Pair>
KOKKOS_INLINE_FUNCTION double without_return(IntervalSum const&, Model const&, Pair const&, std::int64_t, double q, double) {
  return q;  // nature answers the new value otherwise
}

/// The new value of own state s under plain (1) or over- (> 1) relaxation.
template <class Sum, class Model, class Value>
KOKKOS_INLINE_FUNCTION double relaxed_value(Sum const& sum, Model const& model, std::int64_t s, Value const& value, double old,
                                            double relaxation) {
  double best = worst(model.objective);
  model.for_each_action(s, [&](std::int32_t, auto const& pair) {
    double const q = without_return(sum, model, pair, model.own_first + s, action_value(sum, model, pair, value), old);
    best = better(model.objective, q, best) ? q : best;
  });
  return relaxation == 1 ? best : old + relaxation * (best - old);
}

/// One Gauss-Seidel sweep in place on host threads: each of `blocks` contiguous blocks, one a thread, in order; a block reads of the others
/// what they were before the sweep, so the bits depend on the number of blocks alone. One block is the plain sequential sweep.
/// visit   [own state]    for each block a permutation of its states, the order of their visits; empty: by number
/// values  [local state]  read and written
/// before  [local state]  scratch; not touched for one block
template <class Model>
Range sweep_blocks_in_order(Execution const& space, Model const& model, Array<std::int32_t const> const& visit, std::int64_t blocks,
                            SweepDirection direction, double relaxation, Array<double> const& values, Array<double> const& before) {
  Range range = no_range();
  if (model.states == 0) return range;
  if (blocks > 1) Kokkos::deep_copy(space, before, values);
  bool const listed = visit.extent(0) > 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::sweep_in_place", Kokkos::RangePolicy<Execution>(space, 0, blocks),
      [=](std::int64_t block, Range& r) {
        std::int64_t const begin = model.states * block / blocks, end = model.states * (block + 1) / blocks;
        double* const value = values.data() + model.own_first;
        BlockValues const own{values.data(), before.data(), model.own_first + begin, end - begin};
        for (std::int64_t k = begin; k < end; ++k) {
          std::int64_t const place = direction == SweepDirection::ascending ? k : begin + end - 1 - k;
          std::int64_t const s = listed ? visit(place) : place;
          double const old = value[s];
          double const v = blocks == 1 ? relaxed_value(ThreadSum<Model>(), model, s, static_cast<double const*>(values.data()), old, relaxation)
                                       : relaxed_value(ThreadSum<Model>(), model, s, own, old, relaxation);
          value[s] = v;
          double const change = change_of(v, old);
          widen(r, change, change);
        }
      },
      Kokkos::MinMax<double>(range));
  return range;
}

/// The new values of the states of one block, all from the values before it.
template <class Model>
struct RelaxedBackup {
  Model model;
  double relaxation;
  Array<double const> in;
  Array<double> out;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    std::int64_t const i = model.own_first + s;
    double const old = in(i);
    double const v = relaxed_value(sum, model, s, in.data(), old, relaxation);
    out(i) = v;
    double const change = change_of(v, old);
    widen(range, change, change);
  }
};

/// The same on a device: `blocks` blocks one after the other, the states of each at once. chunk: all chunks in ascending order.
template <class Model>
Range sweep_blocks_at_once(Execution const& space, Model const& model, ChunkList const& all, std::int64_t blocks,
                           SweepDirection direction, double relaxation, Array<double> const& values, Array<double> const& scratch) {
  Range range = no_range();
  std::int64_t const chunks = static_cast<std::int64_t>(all.chunk.extent(0));
  for (std::int64_t k = 0; k < blocks; ++k) {
    std::int64_t const block = direction == SweepDirection::ascending ? k : blocks - 1 - k;
    std::int64_t const begin = chunks * block / blocks, end = chunks * (block + 1) / blocks;
    if (begin == end) continue;
    ChunkList part = all;
    part.chunk = Kokkos::subview(all.chunk, Kokkos::pair<std::int64_t, std::int64_t>(begin, end));
    Range const r = visit_states("bellshard::dp::sweep_in_place", space, part, RelaxedBackup<Model>{model, relaxation, values, scratch});
    widen(range, r.min_val, r.max_val);
    std::int64_t const last = end * chunk_states < model.states ? end * chunk_states : model.states;
    Kokkos::pair<std::int64_t, std::int64_t> const written(model.own_first + begin * chunk_states, model.own_first + last);
    Kokkos::deep_copy(space, Kokkos::subview(values, written), Kokkos::subview(scratch, written));
  }
  return range;
}

}  // namespace bellshard::dp
