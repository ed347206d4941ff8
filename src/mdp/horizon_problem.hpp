#pragma once
#include <memory>

#include "src/mdp/problem.hpp"

namespace bellshard::mdp {

/// Backward induction over a fixed number of steps: finite_horizon and bounded_reachability. The bounds are those of the
/// rounding of all sweeps. With stages, actions and values of every stage are kept on the host.
class HorizonProblem : public Problem, private Step {
 public:
  HorizonProblem(std::unique_ptr<Operator> op, Question question, SolverOptions const& options);

  Step& step() override { return *this; }
  std::string description() const override;
  Answer answer() override;

 private:
  void advance(std::int64_t sweep) override;
  double residual() const override { return residual_; }
  bool finished() const override { return static_cast<std::int64_t>(stage_[0]) >= question_.criterion.horizon; }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override { op_->refresh(values_); }
  /// Values that the target and the forbidden states have at every stage.
  void pin(Array<double> const& values) const;

  std::unique_ptr<Operator> op_;
  Question question_;
  bool bounded_reachability_;
  Block own_;
  Array<double> values_, next_;
  Array<std::int32_t> action_;
  Array<std::uint8_t> pinned_;            ///< 0 free, 1 target (value 1), 2 forbidden (value 0)
  std::vector<double> stage_{0, 0};       ///< stages done, rounding so far
  std::vector<std::int32_t> stage_action_;  ///< [own state, stage]
  std::vector<double> stage_value_;         ///< [own state, stage]; stage h: h steps to go from the start
  double residual_ = 0;
  SweepWork work_;
};

}  // namespace bellshard::mdp
