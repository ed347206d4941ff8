#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// A walk along a cliff: from the lower left corner of a grid to the lower right one, between which the lowest row drops off. Actions: 0 up,
/// 1 right, 2 down, 3 left; with probability `slip` a step goes in any of the four directions, all alike; what would leave the grid stays.
/// Each step pays `step`, the one that goes over the edge `fall`; there and in the goal the walk ends.
struct Cliff : dp::OutcomeRows<Cliff> {
  std::int64_t rows = 4;
  std::int64_t columns = 12;
  double slip = 0.1;
  double step = -1;
  double fall = -40;

  KOKKOS_FUNCTION std::int64_t states() const { return rows * columns; }
  KOKKOS_FUNCTION bool falls(std::int64_t cell) const { return cell > (rows - 1) * columns && cell < states() - 1; }
  KOKKOS_FUNCTION bool ends(std::int64_t cell) const { return cell > (rows - 1) * columns; }
  KOKKOS_FUNCTION int actions(std::int64_t cell) const { return ends(cell) ? 1 : 4; }
  KOKKOS_FUNCTION std::int64_t neighbour(std::int64_t cell, int direction) const {
    std::int64_t const row = cell / columns, column = cell % columns;
    if (direction == 0) return row > 0 ? cell - columns : cell;
    if (direction == 1) return column + 1 < columns ? cell + 1 : cell;
    if (direction == 2) return row + 1 < rows ? cell + columns : cell;
    return column > 0 ? cell - 1 : cell;
  }

  template <class Visit>
  KOKKOS_FUNCTION void outcomes(std::int64_t cell, int action, Visit&& visit) const {
    if (ends(cell)) {
      visit(cell, 1.0, 0.0);
      return;
    }
    for (int direction = 0; direction < 4; ++direction) {
      auto const next = neighbour(cell, direction);
      visit(next, 0.25 * slip + (direction == action ? 1 - slip : 0), falls(next) ? fall : step);
    }
  }
};

}  // namespace bellshard::mdp
