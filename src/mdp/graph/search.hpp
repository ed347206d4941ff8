#pragma once
#include <cstdint>
#include <limits>
#include <vector>

#include "src/mdp/graph/shard_graph.hpp"

namespace bellshard::mdp {

// The fixpoints behind probability 0 and 1 (de Alfaro 1997; Baier and Katoen 2008, ch. 10). Sets are flags [local state], valid
// for ghosts too; pairs are flags [own pair]. All calls are collective, and no answer depends on how the states are cut.

constexpr std::int64_t no_way = std::numeric_limits<std::int64_t>::max();

/// Fewest steps to `goal` [local state] from states of `through`, along usable pairs, taking of each pair the next state that
/// suits best: finite where some policy meets the goal with positive probability; no_way elsewhere. O(transitions) a rank
/// and exchange.
std::vector<std::int64_t> steps_to(ShardGraph const& graph, Flags const& goal, Flags const& through, Flags const& usable);

/// The lowest usable pair that may lead one step nearer, as an index within the own state; -1 for none.
std::int32_t nearer_action(ShardGraph const& graph, std::vector<std::int64_t> const& steps, Flags const& usable, Local state);

/// What is left of a graph while states are taken away: a pair that may lead to a state taken away goes too, and so does a
/// state without any pair, unless it is anchored.
class Remainder {
 public:
  /// `left` [local state], `anchored` [own state], `usable` [own pair]. Nothing goes before settle().
  Remainder(ShardGraph const& graph, Flags left, Flags anchored, Flags usable);

  void take_state(Local own_state);
  void take_pair(Local pair);
  /// Draws every conclusion, across ranks. Collective.
  void settle();

  Flags const& left() const { return left_; }      ///< [local state]
  Flags const& usable() const { return usable_; }  ///< [own pair]

 private:
  void follow();

  ShardGraph const& graph_;
  Flags left_;
  Flags anchored_;
  Flags usable_;
  std::vector<Local> pairs_left_;            ///< [own state]
  std::vector<Local> work_;                  ///< local states taken away whose predecessors do not know yet
  std::vector<Update<std::uint8_t>> gone_;   ///< own states taken away that other ranks do not know of yet
};

/// Where some policy meets the goal almost surely before it leaves `through`: states of the goal, and those left.
struct AlmostSure {
  Flags states;                     ///< [local state] probability 1 for the best policy
  Flags usable;                     ///< [own pair] of these states that keep to them, without those that never leave their state
  std::vector<std::int64_t> steps;  ///< [local state] to the goal along these pairs: going nearer attains probability 1
};
AlmostSure almost_sure(ShardGraph const& graph, Flags const& goal, Flags const& through);

/// [own pair] 1 for the pairs of these states whose next states are all among them.
Flags pairs_within(ShardGraph const& graph, Flags const& states);

}  // namespace bellshard::mdp
