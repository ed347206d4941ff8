#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// Rows whose transitions have rewards of their own, for what looks at the distribution of rewards. Transitions of a pair ascend by reward,
/// then by next state; a next state may come several times with different rewards. rows.reward is their expectation.
struct Outcomes {
  Rows rows;
  std::vector<double> reward;  ///< [transition]
};

/// Every transition of a pair pays what the pair does.
Outcomes with_pair_rewards(Rows rows);

/// Sorts the transitions of each pair, adds up those with the same reward and next state and drops those of probability 0.
void sort_outcomes(Outcomes& outcomes);

}  // namespace bellshard::mdp
