#pragma once
#include <cstdint>
#include <vector>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// K independent machines that wear out side by side: a model of any size with an exact answer. Each has wear 0 .. levels-1, and
/// two actions: 0 lets it run, which wears it by 1 with probability wear_k; 1 services it, which mends it by 1 with probability
/// `mend` and costs effort_k. Each step costs the wear. State: the digits, machine 0 first; action: the bits, machine 0 lowest.
///
/// As nothing couples them, V(s) = V_0(s_0) + ... + V_{K-1}(s_{K-1}): factor_values() solves one machine alone. Steps change each digit by
/// at most 1, so the values that a block needs lie near it. A cost, to be least.
struct Additive {
  int factors;  ///< at most 10
  std::int64_t levels;
  double wear;    ///< probability that the last machine wears; machine k: wear (k + 1) / K
  double mend;
  double effort;  ///< cost of servicing machine 0; machine k: effort (k + 1)

  KOKKOS_FUNCTION std::int64_t states() const {
    std::int64_t count = 1;
    for (int k = 0; k < factors; ++k) count *= levels;
    return count;
  }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return 1 << factors; }

  /// One machine: its cost, the wear that it moves to, and how likely.
  KOKKOS_FUNCTION double cost_of(int k, std::int64_t worn, bool serviced) const {
    return static_cast<double>(worn) + (serviced ? effort * (k + 1) : 0.0);
  }
  KOKKOS_FUNCTION double chance_of(int k, std::int64_t worn, bool serviced) const {
    if (serviced) return worn > 0 ? mend : 0.0;
    return worn + 1 < levels ? wear * (k + 1) / factors : 0.0;
  }

  /// The digit of machine k, which is the last one of `rest`; `rest` loses it. Divisions are most of a sweep's time: none for machine 0,
  /// short ones where they do.
  KOKKOS_FUNCTION std::int64_t take_digit(int k, std::int64_t& rest) const {
    std::int64_t const number = rest;
    if (k == 0) {
      rest = 0;
    } else if (number <= UINT32_MAX) {  // and levels too: there are other digits
      rest = static_cast<std::uint32_t>(number) / static_cast<std::uint32_t>(levels);
    } else {
      rest = number / levels;
    }
    return number - rest * levels;
  }

  KOKKOS_FUNCTION double reward(std::int64_t state, int action) const {
    double sum = 0;
    for (int k = factors - 1; k >= 0; --k) sum += cost_of(k, take_digit(k, state), (action >> k & 1) != 0);
    return sum;
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int action, Visit&& visit) const {
    double chance[10] = {};
    std::int64_t step[10] = {};
    std::int64_t place = 1, rest = state;
    for (int k = factors - 1; k >= 0; --k, place *= levels) {
      bool const serviced = (action >> k & 1) != 0;
      chance[k] = chance_of(k, take_digit(k, rest), serviced);
      step[k] = serviced ? -place : place;
    }
    // Each set of machines that move.
    for (int moved = 0; moved < 1 << factors; ++moved) {
      double probability = 1;
      std::int64_t next = state;
      for (int k = 0; k < factors; ++k) {
        bool const moves = (moved >> k & 1) != 0;
        probability *= moves ? chance[k] : 1 - chance[k];
        next += moves ? step[k] : 0;
      }
      if (probability > 0) visit(next, probability);
    }
  }
};

/// Least discounted cost of machine k alone [wear], to the last few bits.
std::vector<double> factor_values(Additive const& model, int k, double discount);

}  // namespace bellshard::mdp
