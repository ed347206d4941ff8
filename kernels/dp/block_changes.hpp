#pragma once
#include "kernels/dp/sparse_states.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::dp {

/// The largest |after - before - number| of each block of `block_states` items of a part.
/// largest  [block]  written
inline void largest_of_blocks(Execution const& space, linalg::Part part, std::int64_t block_states, Array<double const> const& before,
                              Array<double const> const& after, double number, Array<double> const& largest) {
  Kokkos::parallel_for(
      "bellshard::dp::largest_of_blocks", Kokkos::RangePolicy<Execution>(space, 0, largest.extent(0)), KOKKOS_LAMBDA(std::int64_t block) {
        std::int64_t const begin = part.first + block * block_states, last = part.first + part.size;
        std::int64_t const end = begin + block_states < last ? begin + block_states : last;
        double most = 0;
        for (std::int64_t i = begin; i < end; ++i) {
          double const change = change_of(after(i), before(i)) - number, size = change < 0 ? -change : change;
          most = size > most ? size : most;
        }
        largest(block) = most;
      });
}

}  // namespace bellshard::dp
