#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// Forest management as in pymdptoolbox's `example.forest`: the state is the forest's age class. Actions: 0 waits, and fire
/// (probability p) takes it back to class 0; 1 cuts, back to class 0. Waiting in the oldest class pays r1; cutting pays r2 there,
/// nothing in class 0 and 1 in between.
struct Forest {
  std::int64_t ages;  ///< at least 2
  double r1;
  double r2;
  double fire;

  KOKKOS_FUNCTION std::int64_t states() const { return ages; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return 2; }
  KOKKOS_FUNCTION double reward(std::int64_t age, int action) const {
    bool const oldest = age == ages - 1;
    if (action == 0) return oldest ? r1 : 0;
    return oldest ? r2 : age == 0 ? 0 : 1;
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t age, int action, Visit&& visit) const {
    if (action == 1) {
      visit(0, 1.0);
      return;
    }
    visit(0, fire);
    visit(age + 1 < ages ? age + 1 : age, 1 - fire);
  }
};

}  // namespace bellshard::mdp
