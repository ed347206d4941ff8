#pragma once
#include <memory>

#include "src/mdp/stationary_problem.hpp"

namespace bellshard::mdp {

/// Long-run average reward of any model. Each maximal end component has one optimal gain, which relative value iteration
/// bounds by the least and the greatest change of a sweep (Puterman 1994, 8.5.5), damped against periodic chains. Where
/// to go and stay is then a total-reward problem on the components, solved after the sweeps. Widths are relative to the averages, but
/// to no less than 1e-3 of the largest |reward| inside a component: rewards may cancel to an average of 0.
class AverageProblem : public Problem, private Step {
 public:
  AverageProblem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options);

  Step& step() override { return *this; }
  std::string description() const override;
  Answer answer() override;
  Found find();

 private:
  void advance(std::int64_t sweep) override;
  double residual() const override { return residual_; }
  bool finished() const override { return residual_ >= 0 && residual_ <= 0.5 * options_.tolerance; }
  bool exhausted() const override { return exhausted_; }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override { op_->refresh(values_); }
  void measure();
  double component_rounding() const;

  MPI_Comm comm_;
  Partition states_;
  Block own_;
  Question question_;
  SolverOptions options_;
  Rows rows_;
  EndComponents components_;
  std::vector<std::int32_t> internal_action_;  ///< [pair of the operator] its index within the original state
  std::vector<std::int64_t> internal_offset_;  ///< [own state + 1] pairs of the operator
  std::unique_ptr<Operator> op_;               ///< of the pairs inside components
  Array<std::int32_t> component_;              ///< [own state]
  Array<double> values_, next_, ends_;
  Array<std::int32_t> action_;
  double least_scale_;                         ///< of widths: 1e-3 of the largest |reward| inside a component
  std::vector<double> gain_, reach_;           ///< [component] middle and half width of its bounds
  double residual_ = -1;                       ///< widest bounds of a gain, relative
  bool exhausted_ = false;
  SweepWork work_;
};

}  // namespace bellshard::mdp
