#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// Two bets one after the other: the first pays `prize` or nothing, with even odds; then action 0 takes the sure amount, action 1 bets once
/// more for the prize. What the first one paid is in no state: only a policy that looks at what it has collected can use it.
struct TwoBets : dp::OutcomeRows<TwoBets> {
  double prize = 10;
  double sure = 4;

  KOKKOS_FUNCTION std::int64_t states() const { return 3; }
  KOKKOS_FUNCTION int actions(std::int64_t state) const { return state == 1 ? 2 : 1; }

  template <class Visit>
  KOKKOS_FUNCTION void outcomes(std::int64_t state, int action, Visit&& visit) const {
    if (state == 2) {
      visit(2, 1.0, 0.0);
    } else if (state == 1 && action == 0) {
      visit(2, 1.0, sure);
    } else {
      visit(state + 1, 0.5, 0.0);
      visit(state + 1, 0.5, prize);
    }
  }
};

}  // namespace bellshard::mdp
