#pragma once
#include "kernels/dp/sparse_in_place.hpp"

namespace bellshard::dp {

/// One Gauss-Seidel sweep in place on host threads, as sweep_blocks_in_order, but the states of a block are visited as they are listed.
/// visit [own state]: for each block a permutation of its states
template <class Model>
Range sweep_blocks_as_listed(Execution const& space, Model const& model, Array<std::int32_t const> const& visit, std::int64_t blocks,
                             SweepDirection direction, double relaxation, Array<double> const& values, Array<double> const& before) {
  Range range = no_range();
  if (model.states == 0) return range;
  if (blocks > 1) Kokkos::deep_copy(space, before, values);
  Kokkos::parallel_reduce(
      "bellshard::dp::sweep_as_listed", Kokkos::RangePolicy<Execution>(space, 0, blocks),
      [=](std::int64_t block, Range& r) {
        std::int64_t const begin = model.states * block / blocks, end = model.states * (block + 1) / blocks;
        double* const value = values.data() + model.own_first;
        BlockValues const own{values.data(), before.data(), model.own_first + begin, end - begin};
        for (std::int64_t k = begin; k < end; ++k) {
          std::int64_t const s = visit(direction == SweepDirection::ascending ? k : begin + end - 1 - k);
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

}  // namespace bellshard::dp
