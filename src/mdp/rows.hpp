#pragma once
#include <cstdint>
#include <vector>

#include "src/base/block.hpp"

namespace bellshard::mdp {

/// The rows of one rank's block of states on the host: its pairs of state and action, their transitions and rewards.
/// Offsets are local and start at 0; next states are global. Made by a source (file, generator), rewritten by reduce().
struct Rows {
  Block own;                                       ///< the own states
  std::int64_t states = 0;                         ///< of all ranks
  std::vector<std::int64_t> action_offset{0};      ///< [own state + 1] local pairs of a state, at least one each
  std::vector<std::int64_t> transition_offset{0};  ///< [pair + 1]
  std::vector<std::int64_t> next_state;            ///< [transition] global; each at most once in a pair
  std::vector<double> probability;                 ///< [transition] sums to 1 in a pair, or to less where some is folded into reward
  std::vector<double> probability_upper;           ///< [transition] interval models alone, else empty
  std::vector<double> reward;                      ///< [pair]

  std::int64_t pairs() const { return static_cast<std::int64_t>(transition_offset.size()) - 1; }
  std::int64_t transitions() const { return static_cast<std::int64_t>(next_state.size()); }
  bool interval() const { return !probability_upper.empty(); }
};

}  // namespace bellshard::mdp
