#pragma once
#include "jobs/incremental_worst_case/family_operator.hpp"
#include "jobs/incremental_worst_case/value_rounds.hpp"
#include "src/drive/step.hpp"

namespace bellshard::incremental_worst_case {

/// Robust value iteration: for each state and action by itself (rectangular) the worst of all models, or of an L1 ball around one
/// of them. A round a step: a sweep over all actions, then those of the chain that it chose.
class RobustIteration : public Step {
 public:
  static constexpr double whole_family = -1;  ///< in place of a radius

  RobustIteration(Context& context, Config const& config, FamilyOperator& grid, double radius);

  void advance(std::int64_t sweep) override;
  double residual() const override { return rounds_.rounds().error; }  ///< error that values still can have
  bool finished() const override { return rounds_.finished(); }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override { rounds_.refresh(); }

  Array<double> const& values() const { return rounds_.values(); }  ///< [local item]
  Array<std::int32_t> policy() const;                      ///< [own state]
  double pair_updates() const;                             ///< sums over next states, of all ranks

 private:
  Context& context_;
  Config const& config_;
  FamilyOperator& grid_;
  double radius_;
  ValueRounds rounds_;
  double pairs_;
  SweepWork work_;
};

}  // namespace bellshard::incremental_worst_case
