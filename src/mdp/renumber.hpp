#pragma once
#include <cstdint>
#include <vector>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::mdp {

/// New numbers for states whose transitions jump about, so that next states lie near each other in memory and blocks of states lead to few
/// others: reverse Cuthill-McKee on the graph of transitions, taken both ways (Cuthill and McKee 1969; George and Liu 1981), component
/// by component. -> [new number] the old one. Time and memory in proportion to the transitions.
std::vector<std::int64_t> near_order(io::ExplicitMdp const& mdp);

/// The same model with state k being the old state order[k]; transitions of a pair ascend by next state. A state variable
/// "original_state" holds the old number, unless there is one already, which goes along.
io::ExplicitMdp renumber(io::ExplicitMdp const& mdp, std::vector<std::int64_t> const& order);

/// Mean |next state - state| over all transitions [states].
double mean_distance(io::ExplicitMdp const& mdp);

}  // namespace bellshard::mdp
