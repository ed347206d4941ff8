#pragma once
#include <vector>

#include "jobs/distributional_vi/plan.hpp"
#include "kernels/dp/distribution_sweep.hpp"
#include "src/drive/step.hpp"

namespace bellshard::distributional_vi {

/// The laws of returns from every state and stock on, one Bellman update a sweep.
///
/// Stock c is what has been collected so far in units of now; after a reward r it is (c + r) / discount. A sweep gives each state and stock
/// the law r + discount * law(next state, next stock) of the action under which the utility of stock + return is best in the mean.
/// value_iteration: each sweep chooses. policy_iteration: sweeps follow the actions until no law moves, then one chooses anew.
class Iteration : public Step {
 public:
  Iteration(Shard& shard, Config const& config, Plan const& plan);

  void advance(std::int64_t sweep) override;
  double residual() const override { return residual_; }
  bool finished() const override { return finished_ != 0; }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  dp::Laws const& laws() const { return laws_; }
  std::vector<double> objective() const;        ///< [own state, stock] in the utility of units
  std::vector<std::int32_t> action() const;     ///< [own state, stock]
  std::vector<std::int32_t> const& stage_action() const { return stage_action_; }  ///< [own state, stage, stock]; empty where not kept
  /// Wasserstein-1 distance, at most, between the laws and what the policy's returns would be after endless sweeps [units].
  double unfinished() const;

 private:
  enum class Phase { choose, follow };
  bool holds_stages() const { return config_.finite() && config_.output.stage_actions; }
  dp::Choice choice() const;
  void sweep(dp::Choice choice);
  void note_stage();

  Shard& shard_;
  Config const& config_;
  Plan const& plan_;
  dp::OutcomeModel model_;
  dp::MostOutcomes most_;
  Array<std::int32_t const> interior_, border_;  ///< own states, without and with next states of other ranks
  dp::Laws laws_, next_;
  Array<double> objective_;                      ///< [own state, stock]
  Array<std::int32_t> action_;                   ///< [own state, stock]
  std::vector<std::int32_t> stage_action_;
  double done_ = 0;        ///< sweeps
  double phase_ = 0;       ///< policy_iteration: 0 choose, 1 follow
  double finished_ = 0;
  double residual_ = 0;
  double law_change_ = 0;  ///< of the last sweep that followed
  bool changed_ = false;   ///< an action, in the last sweep
  SweepWork work_;
};

}  // namespace bellshard::distributional_vi
