#pragma once
#include "jobs/incremental_worst_case/family_operator.hpp"
#include "src/drive/step.hpp"

namespace bellshard::incremental_worst_case {

/// Robust value iteration: for each state and action by itself (rectangular) the worst of all models, or of an L1 ball around one
/// of them. One synchronous sweep a step.
class RobustIteration : public Step {
 public:
  static constexpr double whole_family = -1;  ///< in place of a radius

  RobustIteration(Context& context, Config const& config, FamilyOperator& grid, double radius);

  void advance(std::int64_t sweep) override;
  double residual() const override { return residual_; }  ///< error that values still can have
  bool finished() const override { return sweeps_ > 0 && residual_ <= config_.tolerance; }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override { grid_.refresh(value_); }

  Array<double> const& values() const { return value_; }  ///< [local item]
  Array<std::int32_t> policy() const;                      ///< [own state]
  double pair_updates() const;                             ///< sums over next states, of all ranks

 private:
  Context& context_;
  Config const& config_;
  FamilyOperator& grid_;
  double radius_;
  Array<double> value_, next_;
  double residual_ = 0;
  std::int64_t sweeps_ = 0;
  double pairs_;
  SweepWork work_;
};

}  // namespace bellshard::incremental_worst_case
