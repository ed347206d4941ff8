#pragma once
#include "jobs/three_species_fishery/grid.hpp"

namespace bellshard::three_species_fishery {

/// A field of nodes at a place between them, linear on each axis, as far as one rank's planes make it up: the sum over the ranks is the field, to the same
/// bits however planes are shared out, because at most two numbers of it are not 0. field(own plane, node of Y, node of X).
template <class Field>
KOKKOS_INLINE_FUNCTION double between_nodes(dp::GridAxis const& axis_x, dp::GridAxis const& axis_y, dp::GridAxis const& axis_z, Block own, double x, double y,
                                            double z, Field const& field) {
  auto const [i, right] = axis_x.locate(x);
  auto const [j, behind] = axis_y.locate(y);
  auto const [k, above] = axis_z.locate(z);
  auto const next_i = axis_x.nodes > 1 ? i + 1 : i, next_j = axis_y.nodes > 1 ? j + 1 : j;
  double sum = 0;
  for (std::int64_t p = k; p < k + 2; ++p) {
    double const weight = p == k ? 1 - above : above;
    if (weight == 0 || p < own.begin || p >= own.end) continue;
    auto const at = p - own.begin;
    double const front = (1 - right) * field(at, j, i) + right * field(at, j, next_i);
    double const back = (1 - right) * field(at, next_j, i) + right * field(at, next_j, next_i);
    sum += weight * ((1 - behind) * front + behind * back);
  }
  return sum;
}

}  // namespace bellshard::three_species_fishery
