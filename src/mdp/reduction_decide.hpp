#pragma once
#include <cstdint>
#include <vector>

#include "src/mdp/criterion.hpp"
#include "src/mdp/graph/search.hpp"

namespace bellshard::mdp {

/// What the graph alone says about the values.
struct Decision {
  Flags open;                         ///< [local state] 1 where the value is left to be computed
  std::vector<double> value;          ///< [local state] elsewhere
  std::vector<std::int32_t> action;   ///< [own state] one that attains it
  Flags usable;                       ///< [own pair] 1 for the pairs of open states that the objective does not shun
};

/// `target` and `through` [local state]: where a path has succeeded, and where it goes on. Collective.
Decision decide_reachability(ShardGraph const& graph, Flags const& target, Flags const& through, Objective objective);
Decision decide_total_reward(ShardGraph const& graph, Flags const& target, Flags const& through, Objective objective);
/// With a discount below 1 every value is finite and the equation has one solution: the ends of paths are all there is to decide,
/// the target with this value, other ends with 0.
Decision decide_ends(ShardGraph const& graph, Flags const& target, Flags const& through, double target_value);

}  // namespace bellshard::mdp
