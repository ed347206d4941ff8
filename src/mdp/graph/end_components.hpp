#pragma once
#include <cstdint>
#include <vector>

#include "src/mdp/graph/search.hpp"
#include "src/mdp/reduction.hpp"

namespace bellshard::mdp {

/// Maximal end components among these pairs [own pair] and states [local state]: of sets of states with pairs that stay
/// in the set and connect each state of it to each other. Collective.
/// Each turn splits what is left into strongly connected components and takes away the pairs that leave theirs;
/// components that lost nothing are done (de Alfaro 1997, ch. 3).
EndComponents end_components(ShardGraph const& graph, Flags states, Flags among);

}  // namespace bellshard::mdp
