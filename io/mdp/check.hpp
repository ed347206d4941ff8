#pragma once
#include <string>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// Refuses a broken model with exit 4, the field and the first offending index: lengths, offsets that fall, states without
/// an action, indices out of range, probabilities that are no numbers, negative or do not sum to 1 within `tolerance` (of
/// intervals: lower ends to more than 1, upper ends to less), rewards that are not finite, labels other than 0 and 1.
/// `origin` is the file that messages name.
void check(ExplicitMdp const& mdp, std::string const& origin, double tolerance = 1e-9);

}  // namespace bellshard::io
