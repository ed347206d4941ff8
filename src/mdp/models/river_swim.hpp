#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// RiverSwim (Strehl and Littman 2008): a chain of places in a river. Action 0 swims left, with the current, and always gets there; action
/// 1 swims right and may be held or carried back. Little is earned at the left end, much at the right one, by those who swim on there.
struct RiverSwim {
  std::int64_t places = 6;  ///< at least 2
  double left = 5;
  double right = 10000;

  KOKKOS_FUNCTION std::int64_t states() const { return places; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return 2; }
  KOKKOS_FUNCTION double reward(std::int64_t place, int action) const {
    return place == 0 && action == 0 ? left : place == places - 1 && action == 1 ? right : 0;
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t place, int action, Visit&& visit) const {
    if (action == 0) {
      visit(place > 0 ? place - 1 : 0, 1.0);
    } else if (place == 0) {
      visit(0, 0.4);
      visit(1, 0.6);
    } else if (place == places - 1) {
      visit(place - 1, 0.4);
      visit(place, 0.6);
    } else {
      visit(place - 1, 0.05);
      visit(place, 0.6);
      visit(place + 1, 0.35);
    }
  }
};

}  // namespace bellshard::mdp
