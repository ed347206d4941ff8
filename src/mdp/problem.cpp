#include "src/mdp/problem.hpp"

#include <algorithm>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/average_problem.hpp"
#include "src/mdp/budget_problem.hpp"
#include "src/mdp/constrained_problem.hpp"
#include "src/mdp/horizon_problem.hpp"
#include "src/mdp/sparse_operator.hpp"
#include "src/mdp/stationary_problem.hpp"

namespace bellshard::mdp {
namespace {

/// Probabilities count no rewards.
Rows probabilities_alone(Rows rows) {
  std::fill(rows.reward.begin(), rows.reward.end(), 0.0);
  return rows;
}

}  // namespace

void Problem::start_from(std::span<double const>) {
  fail(ExitCode::bad_job_file, "solver.start has no use for this criterion, whose sweeps start from no values of states; drop it");
}

Operator::Violations Problem::refute(std::span<double const>, std::span<double const>) {
  fail(ExitCode::bad_command_line, "--verify repeats the proof of discounted, total_reward, total_cost and reachability alone; drop it");
}

std::unique_ptr<Problem> make_problem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options) {
  auto const& criterion = question.criterion;
  bool const paths = criterion.kind == CriterionKind::average_reward || criterion.kind == CriterionKind::reward_reachability;
  BELLSHARD_INPUT(!paths || !any_over_ranks(comm, rows.interval()),
                  "the model has probability_upper: average_reward and reward_reachability are not solved for interval models; choose "
                  "discounted, finite_horizon, total_reward, reachability or bounded_reachability");
  if (question.constraint) return std::make_unique<ConstrainedProblem>(comm, states, std::move(rows), std::move(question), options);
  switch (criterion.kind) {
    case CriterionKind::finite_horizon:
    case CriterionKind::bounded_reachability: {
      if (criterion.kind == CriterionKind::bounded_reachability) rows = probabilities_alone(std::move(rows));
      auto op = make_sparse_operator(comm, states, std::move(rows), criterion.objective, criterion.discount, StorageChoice::automatic, criterion.nature, false);
      return std::make_unique<HorizonProblem>(std::move(op), std::move(question), options);
    }
    case CriterionKind::average_reward:
      return std::make_unique<AverageProblem>(comm, states, std::move(rows), std::move(question), options);
    case CriterionKind::reward_reachability:
      return std::make_unique<BudgetProblem>(comm, states, rows, question, options);
    default:
      return std::make_unique<StationaryProblem>(comm, states, std::move(rows), std::move(question), options);
  }
}

std::unique_ptr<Problem> make_problem(std::unique_ptr<Operator> op, Question question, SolverOptions const& options) {
  auto const kind = question.criterion.kind;
  if (kind == CriterionKind::finite_horizon || kind == CriterionKind::bounded_reachability) {
    return std::make_unique<HorizonProblem>(std::move(op), std::move(question), options);
  }
  return std::make_unique<StationaryProblem>(std::move(op), std::move(question), options);
}

}  // namespace bellshard::mdp
