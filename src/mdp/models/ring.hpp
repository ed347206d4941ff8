#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// A walk on a ring with a goal that pays: the tutorial of madupite (Gargiani et al. 2024). Actions: 0 stays, and slips to
/// either side; 1 goes down, 2 goes up, and may fail. Reward 1 for each step that starts in the goal.
///
/// Closed form at discount g, with d the distance to the goal, rho = move g / (1 - (1 - move) g):
///     V(goal) = 1 / (1 - g (stay + (1 - stay) rho)),  V(d) = V(goal) rho^d.
struct Ring {
  std::int64_t places;  ///< at least 3
  std::int64_t goal;
  double stay;  ///< probability that staying works
  double move;  ///< probability that moving works

  KOKKOS_FUNCTION std::int64_t states() const { return places; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return 3; }
  KOKKOS_FUNCTION double reward(std::int64_t place, int) const { return place == goal ? 1 : 0; }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t place, int action, Visit&& visit) const {
    std::int64_t const down = place > 0 ? place - 1 : places - 1;
    std::int64_t const up = place + 1 < places ? place + 1 : 0;
    if (action == 0) {
      visit(place, stay);
      visit(down, 0.5 * (1 - stay));
      visit(up, 0.5 * (1 - stay));
    } else {
      visit(place, 1 - move);
      visit(action == 1 ? down : up, move);
    }
  }
};

}  // namespace bellshard::mdp
