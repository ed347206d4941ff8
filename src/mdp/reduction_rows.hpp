#pragma once
#include <cstdint>
#include <vector>

#include "src/dist/mail.hpp"
#include "src/mdp/reduction.hpp"

namespace bellshard::mdp {

enum class Probabilities { exact, interval };

/// A pair of a reduced state on its way to the owner of that state.
struct LoosePair {
  std::int64_t state;        ///< reduced
  std::int64_t origin;       ///< what becomes Reduction::pair_state
  std::int32_t action;       ///< and pair_action
  std::int32_t transitions;  ///< how many of LooseRows::transitions, in the same order
  double reward;
};

struct LooseTransition {
  std::int64_t next_state;  ///< reduced
  double probability;
  double upper;  ///< of interval models
};

struct LooseRows {
  std::vector<LoosePair> pairs;
  std::vector<LooseTransition> transitions;
  Probabilities probabilities = Probabilities::exact;  ///< of all ranks
};

/// Cuts the axis of reduced states by their work (pairs and transitions) and brings every pair to its owner. The pairs of a
/// state keep their order, those of lower ranks first. `found`: some partition of the axis. Collective.
/// Fills states, rows, pair_state and pair_action.
Reduction settle_rows(Mail const& mail, Partition const& found, LooseRows loose);

}  // namespace bellshard::mdp
