#include "src/mdp/budget_problem.hpp"

namespace bellshard::mdp {
namespace {

/// The entries of the states that have the whole budget left.
template <class T>
std::vector<T> with_all_left(std::vector<T> const& unfolded, Block own, std::int64_t levels) {
  std::vector<T> picked(static_cast<std::size_t>(own.size()));
  for (std::int64_t s = 0; s < own.size(); ++s) picked[s] = unfolded[s * levels + levels - 1];
  return picked;
}

}  // namespace

BudgetProblem::BudgetProblem(MPI_Comm comm, Partition const& states, Rows const& rows, Question const& question,
                             SolverOptions const& options)
    : states_(states), own_(rows.own) {
  auto unfolded = unfold(comm, states, rows, question);
  levels_ = unfolded.budget + 1;
  auto reachability = question.criterion;
  reachability.kind = CriterionKind::reachability;
  reachability.discount = 1;
  inner_ = std::make_unique<StationaryProblem>(
      comm, unfolded.states, std::move(unfolded.rows),
      Question{reachability, std::move(unfolded.target), std::move(unfolded.allowed), {}, {}}, options);
}

Answer BudgetProblem::answer() {
  auto const found = inner_->find();
  Answer answer;
  answer.proven = found.proof.holds;
  answer.width = found.proof.width;
  answer.floor = found.proof.floor;
  auto const field = [&](auto const& values, char const* name, char const* long_name) {
    answer.fields.push_back(host_field(states_, own_, with_all_left(values, own_, levels_), name, "1", long_name));
  };
  field(found.value, "value", "probability to meet the target within the budget");
  field(found.lower, "lower", "proven lower bound of the optimal value");
  field(found.upper, "upper", "proven upper bound of the optimal value");
  field(found.action, "action", "optimal action with the whole budget left, index within the state");
  answer.policy_value = [this, action = found.action] {
    return host_field(states_, own_, with_all_left(inner_->value_of_policy(action), own_, levels_), "policy_value", "1",
                      "value of the written policy, which minds what is left of the budget; NaN where it was not found");
  };
  answer.facts = {{"budget_levels", static_cast<double>(levels_)}};
  return answer;
}

}  // namespace bellshard::mdp
