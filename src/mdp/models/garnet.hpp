#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"
#include "kernels/sample/exponential.hpp"
#include "kernels/sample/permutation.hpp"

namespace bellshard::mdp {

/// A random model GARNET(states, actions, branching) after Archibald, McKinnon and Thomas (1995), by formula: pair q = state * actions
/// + action has the successors permutation_q(0 .. branching-1), keyed by Philox (seed, 1; q, 0); successor k weighs
/// -log(uniform of Philox (seed, 2; q, k)), the weights divided by their sum; the reward is the uniform of Philox (seed, 3; q, 0).
struct Garnet {
  std::int64_t count;
  std::int64_t choices;
  std::int64_t branching;  ///< at most count
  std::uint32_t seed;

  KOKKOS_FUNCTION std::int64_t states() const { return count; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return static_cast<int>(choices); }
  KOKKOS_FUNCTION double reward(std::int64_t state, int action) const {
    auto const drawn = sample::draw_block(seed, 3, pair(state, action), 0);
    return sample::uniform(drawn.word[0], drawn.word[1]);
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int action, Visit&& visit) const {
    std::uint64_t const q = pair(state, action);
    sample::Permutation const successor(static_cast<std::uint64_t>(count), sample::draw_block(seed, 1, q, 0));
    double sum = 0;
    for (std::int64_t k = 0; k < branching; ++k) sum += weight(q, k);
    for (std::int64_t k = 0; k < branching; ++k) {
      visit(static_cast<std::int64_t>(successor(static_cast<std::uint64_t>(k))), weight(q, k) / sum);
    }
  }

 private:
  KOKKOS_FUNCTION std::uint64_t pair(std::int64_t state, int action) const { return static_cast<std::uint64_t>(state * choices + action); }
  KOKKOS_FUNCTION double weight(std::uint64_t q, std::int64_t k) const {
    auto const drawn = sample::draw_block(seed, 2, q, static_cast<std::uint64_t>(k));
    return sample::exponential(sample::uniform(drawn.word[0], drawn.word[1]));
  }
};

}  // namespace bellshard::mdp
