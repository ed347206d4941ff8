#pragma once
#include <vector>

#include "src/mdp/iteration.hpp"

namespace bellshard::mdp {

/// Sweeps in place of blocks of states, the one first that has most to expect (partition-prioritised value iteration, Wingate & Seppi
/// 2005). The priority of a block is the largest change in what it leads to since its own last sweep, discounted. Where nothing
/// has much to expect, one synchronous sweep decides and gives every block its priority anew. A rank goes through its own blocks; what others
/// found comes once a round.
class Prioritised : public Iteration {
 public:
  Prioritised(Operator& op, SolverOptions const& options);
  void advance(std::int64_t sweep) override;
  double residual() const override { return shown_; }
  std::vector<io::ShardedArray> arrays() override;

 private:
  std::int64_t blocks() const { return static_cast<std::int64_t>(priority_.size()); }
  Block states_of(std::int64_t block) const;
  double highest() const;  ///< priority on any rank
  void look_at_links();
  /// A sweep of all states from the values before, and the priorities that follow from it.
  void sweep_all();
  /// Block after block while one has a priority above `least`; at most as many as there are.
  void sweep_blocks(double least);
  /// What reads the block may change by this.
  void tell_readers(std::int64_t block, double change);
  void tell_border(double change);
  /// The largest difference of items of other ranks between next_ and values_.
  double change_of_others() const;
  io::ShardedArray priorities();

  std::int64_t block_states_;
  std::vector<double> priority_;                ///< [own block]
  std::vector<std::vector<std::int32_t>> readers_;  ///< [own block] blocks that lead to it
  std::vector<std::int32_t> border_;            ///< blocks that lead to items of other ranks
  double began_ = -1;    ///< highest priority after the last synchronous sweep; negative before the first one
  int rounds_ = 0;       ///< since then
  double shown_ = 0;       ///< largest change of the last sweep, or highest priority
};

}  // namespace bellshard::mdp
