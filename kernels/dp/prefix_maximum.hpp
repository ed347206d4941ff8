#pragma once
#include <cstdint>
#include <string>

#include "kernels/execution.hpp"

namespace bellshard::dp {

/// Running maxima along one axis: value [outer, count, inner] becomes the largest of the values up to and with each place of the middle axis, and
/// choice [outer, count, inner] the choice that came with it, the first of several. Along one axis after the other they are
/// the maxima over boxes that begin at the origin: the best of all decisions that take no more than there is, in time that does not depend on how many those are.
template <class Choice>
void prefix_maximum(Execution const& space, std::int64_t outer, std::int64_t count, std::int64_t inner, double* value, Choice* choice) {
  if (outer == 0 || count == 0 || inner == 0) return;
  // On the host an item is a run of neighbours, which the compiler sweeps with vectors.
  std::int64_t const run = runs_on_host ? 64 : 1;
  auto const runs = (inner + run - 1) / run;
  Kokkos::parallel_for(
      "bellshard::dp::prefix_maximum", Kokkos::RangePolicy<Execution>(space, 0, outer * runs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const first = item % runs * run;
        auto const size = inner - first < run ? inner - first : run;
        auto const base = item / runs * count * inner + first;
        for (std::int64_t step = 1; step < count; ++step) {
          double* const here = value + base + step * inner;
          double const* const before = here - inner;
          Choice* const chosen = choice + base + step * inner;
          Choice const* const chosen_before = chosen - inner;
          for (std::int64_t i = 0; i < size; ++i) {
            bool const stays = before[i] >= here[i];
            chosen[i] = stays ? chosen_before[i] : chosen[i];
            here[i] = stays ? before[i] : here[i];
          }
        }
      });
}

}  // namespace bellshard::dp
