#pragma once
#include <cstdint>
#include <string>

#include "kernels/execution.hpp"
#include "src/base/block.hpp"

namespace bellshard::dp {

/// Simulates the episodes of a block, one work item each: outcome(i) = episode(number), i = number - numbers.begin. `episode` is
/// a device function of the global number alone (its draws are sample::Stream(seed, purpose, number)), so that no outcome depends
/// on ranks, threads or back end. Outcome: any plain struct; outcome: at least numbers.size() of them.
template <class Outcome, class Episode>
void simulate(Execution const& space, std::string const& label, Block numbers, Episode const& episode, Array<Outcome> const& outcome) {
  auto const first = numbers.begin;
  Kokkos::parallel_for(label, Kokkos::RangePolicy<Execution>(space, 0, numbers.size()),
                       KOKKOS_LAMBDA(std::int64_t i) { outcome(i) = episode(static_cast<std::uint64_t>(first + i)); });
}

}  // namespace bellshard::dp
