#pragma once
#include <cstdint>

#include "kernels/dp/lifted_expectation.hpp"
#include "src/base/block.hpp"

namespace bellshard::dp {

/// The planes [planes.begin, planes.end) of a post-decision grid: at each node what an expectation gives for the step that `law` makes of its place,
/// less the place's own share `keep[0] x + keep[1] y` of what could be taken now, and the number of the node within its plane.
///     gain[(k - planes.begin, j, i)] = E[...] - keep[0] x_i - keep[1] y_j,    choice[...] = j nx + i
template <class T, int Points, class Law>
void expect_on_planes(Execution const& space, GridExpectation<T, Points> const& expectation, Law const& law, Block planes, double const (&keep)[2],
                      double* gain, std::int32_t* choice) {
  std::int64_t const nx = expectation.axis[0].nodes, ny = expectation.axis[1].nodes;
  double const keep_x = keep[0], keep_y = keep[1];
  auto const first = planes.begin;
  if (planes.empty()) return;
#if defined(BELLSHARD_VECTORS)
  if constexpr (LiftedLaw<Law>) {
    if (nx > 1 && ny > 1 && expectation.axis[2].nodes > 1) {
      std::int64_t const threads = space.concurrency();
      auto const parts = threads == 1 ? 1 : std::max<std::int64_t>(1, 4 * threads / planes.size());  // no bit depends on them
      Kokkos::parallel_for(
          "bellshard::dp::expect_by_lift", Kokkos::RangePolicy<Execution>(space, 0, planes.size() * parts), [=](std::int64_t item) {
            auto const plane = item / parts;
            expect_by_lift(expectation, law, first + plane, item % parts, parts, [&](std::int64_t j, std::int64_t i, double expected) {
              auto const at = (plane * ny + j) * nx + i;
              gain[at] = expected - keep_x * expectation.axis[0].node[i] - keep_y * expectation.axis[1].node[j];
              choice[at] = static_cast<std::int32_t>(j * nx + i);
            });
          });
      return;
    }
  }
#endif
  // On the host an item is a row, so that what depends on y and z alone is worked out once; on a device it is a node.
  std::int64_t const run = runs_on_host ? nx : 1;
  Kokkos::parallel_for(
      "bellshard::dp::expect_on_planes", Kokkos::RangePolicy<Execution>(space, 0, planes.size() * ny * nx / run), KOKKOS_LAMBDA(std::int64_t item) {
        auto const begin = item * run, row = begin / nx;
        auto const j = row % ny, k = row / ny;
        double const y = expectation.axis[1].node[j], z = expectation.axis[2].node[first + k];
        for (auto i = begin - row * nx; i < begin - row * nx + run; ++i) {
          double const x = expectation.axis[0].node[i];
          gain[row * nx + i] = expectation(law(x, y, z)) - keep_x * x - keep_y * y;
          choice[row * nx + i] = static_cast<std::int32_t>(j * nx + i);
        }
      });
}

}  // namespace bellshard::dp
