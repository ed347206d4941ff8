#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// A walk to the corner (0, 0) of a grid where steps may fail. Actions: 0 up, 1 right, 2 down, 3 left; what would leave the grid
/// stays. Each step costs 1 (reward -1); the goal has one action, which stays and is free.
///
/// Closed form at discount g, with d = row + column, w = 1 - (1 - move) g, kappa = move g / w, c = 1 / w:
///     V(d) = -c (1 - kappa^d) / (1 - kappa),  and -d / move at g = 1.
struct Grid {
  std::int64_t rows;
  std::int64_t columns;
  double move;  ///< probability that a step works

  KOKKOS_FUNCTION std::int64_t states() const { return rows * columns; }
  KOKKOS_FUNCTION int actions(std::int64_t cell) const { return cell == 0 ? 1 : 4; }
  KOKKOS_FUNCTION double reward(std::int64_t cell, int) const { return cell == 0 ? 0 : -1; }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t cell, int action, Visit&& visit) const {
    std::int64_t const row = cell / columns, column = cell % columns;
    bool const inside = action == 0 ? row > 0 : action == 1 ? column + 1 < columns : action == 2 ? row + 1 < rows : column > 0;
    if (cell == 0 || !inside) {
      visit(cell, 1.0);
      return;
    }
    std::int64_t const step = action == 0 ? -columns : action == 1 ? 1 : action == 2 ? columns : -1;
    visit(cell, 1 - move);
    visit(cell + step, move);
  }
};

}  // namespace bellshard::mdp
