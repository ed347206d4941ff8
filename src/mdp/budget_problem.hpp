#pragma once
#include "src/mdp/stationary_problem.hpp"
#include "src/mdp/unfold.hpp"

namespace bellshard::mdp {

/// Probability to meet the target before the sum of rewards exceeds the budget: reachability on the unfolded model.
class BudgetProblem : public Problem {
 public:
  BudgetProblem(MPI_Comm comm, Partition const& states, Rows const& rows, Question const& question, SolverOptions const& options);

  Step& step() override { return inner_->step(); }
  std::string description() const override { return inner_->description(); }
  Answer answer() override;

 private:
  Partition states_;
  Block own_;
  std::int64_t levels_ = 0;  ///< budget + 1
  std::unique_ptr<StationaryProblem> inner_;
};

}  // namespace bellshard::mdp
