#pragma once
#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// Makes one transition of those of a pair that lead to the same state, with the sum of their probabilities (at most 1), at the
/// place of the first. Some formats allow them; the engine wants each next state once. The model is the same as before.
void merge_repeated_targets(ExplicitMdp& mdp);

}  // namespace bellshard::io
