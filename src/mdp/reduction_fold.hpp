#pragma once
#include <cstdint>
#include <vector>

#include "src/mdp/graph/shard_graph.hpp"
#include "src/mdp/reduction.hpp"
#include "src/mdp/reduction_rows.hpp"

namespace bellshard::mdp {

/// Which states and pairs a reduction keeps, before it is carried out.
struct Folding {
  Flags open;                            ///< [local state] 1 where a state stays
  std::vector<double> value;             ///< [local state] of the others
  Flags kept;                            ///< [own pair]
  std::vector<std::int64_t> component;   ///< [own state] states of the same number become one; -1: alone
  std::int64_t components = 0;
  std::vector<double> reward;            ///< [own pair]
  double discount = 1;
  std::vector<double> stay;              ///< [component] reward of an additional pair that ends the path; empty: none
  Probabilities probabilities = Probabilities::exact;  ///< of all ranks
  std::vector<double> ends;              ///< values that get a state of their own, where the probabilities are intervals
};

/// Carries it out: values of decided states go into rewards, components become one state, pairs that stay in their state for
/// sure go, self-loops are divided out, and every row moves to the owner of its new state. Collective.
/// Fills states, rows, image, pair_state, pair_action and components.
Reduction fold(ShardGraph const& graph, Folding const& folding);

}  // namespace bellshard::mdp
