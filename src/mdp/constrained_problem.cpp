#include "src/mdp/constrained_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "src/base/error.hpp"
#include "src/dist/gather.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/host_bounds.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/mdp/sparse_operator.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t most_sweeps_inside = 1'000'000;
constexpr double rounding = 4 * std::numeric_limits<double>::epsilon();  ///< of sums of a few products, relative to their terms

std::vector<double> times(double sign, std::vector<double> numbers) {
  for (auto& number : numbers) number *= sign;
  return numbers;
}

/// Bounds of sign * x.
Enclosed signed_bounds(double sign, Enclosed x) { return sign > 0 ? x : Enclosed{-x.upper, -x.lower}; }

}  // namespace

ConstrainedProblem::ConstrainedProblem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options)
    : comm_(comm), states_(states), own_(rows.own), question_(std::move(question)), options_(options), rows_(std::move(rows)),
      sign_(question_.criterion.objective == Objective::max ? 1 : -1), cost_sign_(question_.constraint->side == Constraint::Side::at_most ? 1 : -1),
      bound_(cost_sign_ * question_.constraint->bound), inner_tolerance_(0.1 * options.tolerance) {
  auto& constraint = *question_.constraint;
  auto const initial = sum_over_ranks(comm, static_cast<std::int64_t>(std::count(constraint.initial.begin(), constraint.initial.end(), 1)));
  BELLSHARD_INPUT(initial > 0, "no state of the model has the label init: a constraint holds from the initial states; label some");
  BELLSHARD_INPUT(!any_over_ranks(comm, rows_.interval()),
                  "the model has probability_upper: a constraint is not solved for interval models; drop it, or choose a model without intervals");
  rows_.reward = times(sign_, std::move(rows_.reward));
  cost_ = times(cost_sign_, std::move(constraint.reward));
  auto const size = static_cast<std::size_t>(own_.size());
  values_ = Array<double>("bellshard::mdp::values", size);
  feasible_.action = Array<std::int32_t>("bellshard::mdp::feasible_action", size);
  other_.action = Array<std::int32_t>("bellshard::mdp::other_action", size);
}

std::string ConstrainedProblem::description() const {
  return fmt::format("multipliers of the constraint on {} states, each solved by {}", states_.size(), to_string(options_.method));
}

ConstrainedProblem::Solution ConstrainedProblem::solve(Rows rows, std::vector<double> const* start) {
  auto const op = make_sparse_operator(comm_, states_, std::move(rows), Objective::max, question_.criterion.discount);
  auto inner = options_;
  inner.tolerance = inner_tolerance_;
  auto const iteration = make_iteration(*op, inner);
  auto const first = op->own_first();
  if (start != nullptr) {
    auto const values = large_array<Array<double>>("bellshard::mdp::start", static_cast<std::size_t>(op->local_items()));
    copy_to_device(*start, values, first);
    iteration->start_from(values);
  }
  for (std::int64_t sweep = 1; sweep <= most_sweeps_inside && !iteration->finished() && !iteration->exhausted(); ++sweep) {
    iteration->advance(sweep);
    work_.updates += iteration->work().updates;
    work_.bytes += iteration->work().bytes;
    work_.bytes_received += iteration->work().bytes_received;
  }
  iteration->conclude();
  Solution solution;
  solution.value = to_host(iteration->values(), first, own_.size());
  std::tie(solution.lower, solution.upper) = bounds_to_host(iteration->prover().bounds(), first, own_.size());
  solution.action = to_host(iteration->actions(), 0, own_.size());
  return solution;
}

/// The value of a policy under one reward [pair].
ConstrainedProblem::Solution ConstrainedProblem::evaluate(Array<std::int32_t> const& action, std::vector<double> const& reward) {
  auto const chosen = to_host(action, 0, own_.size());
  auto chain = follow(rows_, chosen);
  for (std::size_t s = 0; s < chosen.size(); ++s) chain.reward[s] = reward[rows_.action_offset[s] + chosen[s]];
  return solve(std::move(chain), nullptr);
}

/// The mean over the initial states, summed in their order: the same on any ranks.
Enclosed ConstrainedProblem::from_initial(Solution const& solution) const {
  std::vector<double> ends;
  for (std::size_t s = 0; s < solution.value.size(); ++s) {
    if (question_.constraint->initial[s] != 0) ends.insert(ends.end(), {solution.lower[s], solution.upper[s]});
  }
  ends = gather_from_ranks(comm_, ends);
  auto const count = static_cast<double>(ends.size() / 2);
  Enclosed sum{0, 0};
  double size = 0;
  for (std::size_t k = 0; k < ends.size(); k += 2) {
    sum.lower += ends[k];
    sum.upper += ends[k + 1];
    size += std::fmax(std::fabs(ends[k]), std::fabs(ends[k + 1]));
  }
  double const error = count > 1 ? rounding * count * size : 0;
  return {(sum.lower - error) / count, (sum.upper + error) / count};
}

void ConstrainedProblem::keep(std::vector<std::int32_t> const& action) {
  Policy found{to_device(action, "bellshard::mdp::policy_action"), {}, {}};
  found.cost = from_initial(evaluate(found.action, cost_));
  found.reward = from_initial(evaluate(found.action, rows_.reward));
  bool const meets = found.cost.upper <= bound_;
  auto& place = meets ? feasible_ : other_;
  (meets ? has_feasible_ : has_other_) = 1;
  Kokkos::deep_copy(place.action, found.action);
  place.reward = found.reward;
  place.cost = found.cost;
}

void ConstrainedProblem::try_multiplier(double m) {
  auto rows = rows_;
  for (std::size_t pair = 0; pair < cost_.size(); ++pair) rows.reward[pair] -= m * cost_[pair];
  // The scalarised rewards round; discounted, that moves no value by more than this.
  double largest = 0;
  for (std::size_t pair = 0; pair < cost_.size(); ++pair) largest = std::fmax(largest, std::fabs(rows_.reward[pair]) + std::fabs(m * cost_[pair]));
  double const error = rounding * max_over_ranks(comm_, largest) / (1 - question_.criterion.discount);
  auto const start = to_host(values_, 0, own_.size());
  auto const solution = solve(std::move(rows), &start);
  copy_to_device(solution.value, values_, 0);
  double const optimum = from_initial(solution).upper;
  double const bound = optimum + m * bound_ + error + rounding * (std::fabs(optimum) + std::fabs(m * bound_));
  if (bound < dual_) {
    dual_ = bound;
    multiplier_ = m;
  }
  if (m == 0) {
    for (double const value : solution.value) scale_ = std::fmax(scale_, std::fabs(value));
    scale_ = max_over_ranks(comm_, scale_);
  }
  keep(solution.action);
}

void ConstrainedProblem::find_least_cost() {
  auto rows = rows_;
  rows.reward = times(-1, cost_);
  auto const solution = solve(std::move(rows), nullptr);
  keep(solution.action);
  if (has_feasible_ != 0) return;
  auto const least = signed_bounds(-cost_sign_, from_initial(solution));
  auto const& asked = *question_.constraint;
  bool const most = asked.side == Constraint::Side::at_most;
  bool const never = most ? least.lower > asked.bound : least.upper < asked.bound;
  fail(ExitCode::bad_input, "the constraint {} {:.15g} {}: the {} that any policy makes of it from the initial states lies in [{:.15g}, {:.15g}]; {} the bound{}",
       most ? "at_most =" : "at_least =", asked.bound, never ? "cannot be met" : "is too near to decide whether it can be met", most ? "least" : "most",
       least.lower, least.upper, most ? "raise" : "lower", never ? "" : ", or lower solver.tolerance");
}

void ConstrainedProblem::advance(std::int64_t) {
  work_ = {};
  double const before = width();
  if (std::isinf(dual_)) {
    try_multiplier(0);
    if (std::isinf(dual_)) inner_tolerance_ = 0;  // nothing was proven, and nothing will be
    return;
  }
  if (has_feasible_ == 0) return find_least_cost();
  try_multiplier(has_other_ != 0 ? crossing() : 0);
  if (!finished() && !(width() < 0.9 * before)) inner_tolerance_ *= 0.1;  // no new line of use: what is left is the width of the proofs
}

/// Where the lines of the two policies cross.
double ConstrainedProblem::crossing() const {
  double const rise = other_.reward.middle() - feasible_.reward.middle(), run = other_.cost.middle() - feasible_.cost.middle();
  return run > 0 ? std::fmax(rise / run, 0) : multiplier_;
}

/// The share of the other policy in the mixture: as much as is sure to meet the bound.
double ConstrainedProblem::share() const {
  if (has_feasible_ == 0 || has_other_ == 0) return 0;
  double const share = (bound_ - feasible_.cost.upper) / (other_.cost.upper - feasible_.cost.upper);
  return std::clamp(share * (1 - rounding), 0.0, 1.0);
}

Enclosed ConstrainedProblem::mixture() const {
  if (has_feasible_ == 0) return {};
  double const w = share();
  if (w == 0) return feasible_.reward;
  double const error = rounding * (std::fabs(feasible_.reward.middle()) + std::fabs(other_.reward.middle()));
  return {w * other_.reward.lower + (1 - w) * feasible_.reward.lower - error, w * other_.reward.upper + (1 - w) * feasible_.reward.upper + error};
}

double ConstrainedProblem::width() const {
  auto const found = mixture();
  double const floor = std::fmax(1e-3 * scale_, 1e-300);
  return has_feasible_ == 0 ? std::numeric_limits<double>::infinity() : (dual_ - found.lower) / std::fmax(std::fabs(found.middle()), floor);
}

std::vector<io::ShardedArray> ConstrainedProblem::arrays() {
  return {sharded_values(states_, own_, values_, 0, "value", "1", "value under the last multiplier"),
          sharded_values(states_, own_, feasible_.action, 0, "feasible_action", "1", "best policy that meets the bound"),
          sharded_values(states_, own_, other_.action, 0, "other_action", "1", "policy that does not"),
          replicated_numbers("course", "bound of the optimum and its multiplier, scale, inner tolerance, which policies there are, their rewards and costs",
                             dual_, multiplier_, scale_, inner_tolerance_, has_feasible_, has_other_, feasible_.reward.lower, feasible_.reward.upper,
                             feasible_.cost.lower, feasible_.cost.upper, other_.reward.lower, other_.reward.upper, other_.cost.lower,
                             other_.cost.upper)};
}

Answer ConstrainedProblem::answer() {
  Answer answer;
  answer.floor = std::fmax(1e-3 * scale_, 1e-300);
  answer.width = width();
  answer.proven = has_feasible_ != 0;
  auto const& policy = has_feasible_ != 0 ? feasible_ : other_;
  auto const field = [&](std::vector<double> values, char const* name, char const* long_name) {
    answer.fields.push_back(host_field(states_, own_, std::move(values), name, "1", long_name));
  };
  auto const sides = [&](Solution&& found, double sign, std::array<char const*, 3> names, std::array<char const*, 3> long_names) {
    if (sign < 0) std::swap(found.lower, found.upper);
    field(times(sign, std::move(found.value)), names[0], long_names[0]);
    field(times(sign, std::move(found.lower)), names[1], long_names[1]);
    field(times(sign, std::move(found.upper)), names[2], long_names[2]);
  };
  sides(evaluate(policy.action, rows_.reward), sign_, {"value", "lower", "upper"},
        {has_feasible_ != 0 ? "value of the written policy, which meets the constraint" : "value of the written policy, which does not meet the constraint", "proven lower bound of the written policy's value",
         "proven upper bound of the written policy's value"});
  sides(evaluate(policy.action, cost_), cost_sign_, {"constraint_value", "constraint_lower", "constraint_upper"},
        {"what the written policy makes of the constrained reward", "proven lower bound of constraint_value", "proven upper bound of constraint_value"});
  answer.fields.push_back(sharded_values(states_, own_, policy.action, 0, "action", "1", "action of the best deterministic policy that was found, index within the state"));
  auto const& second = has_other_ != 0 ? other_ : policy;
  answer.fields.push_back(sharded_values(states_, own_, second.action, 0, "other_action", "1", "action of the policy that is mixed with it"));

  auto const number = [&](char const* name, double value, char const* long_name) { answer.numbers.push_back({name, value, long_name}); };
  auto const both = [&](std::string const& name, Enclosed x, std::string const& what) {
    answer.numbers.push_back({name + "_lower", x.lower, "proven lower bound: " + what});
    answer.numbers.push_back({name + "_upper", x.upper, "proven upper bound: " + what});
  };
  number("constrained_value", sign_ * mixture().middle(), "value of the mixture from the initial states");
  both("constrained", signed_bounds(sign_, {mixture().lower, dual_}), "best value from the initial states under the constraint");
  number("multiplier", multiplier_, "of the constraint, in reward for one of the constrained reward");
  number("other_share", share(), "probability of following other_action, chosen once at the start, in the mixture that meets the constraint");
  both("policy_reward", signed_bounds(sign_, policy.reward), "value of action from the initial states");
  both("policy_constraint", signed_bounds(cost_sign_, policy.cost), "constrained reward of action from the initial states");
  both("other_reward", signed_bounds(sign_, second.reward), "value of other_action from the initial states");
  both("other_constraint", signed_bounds(cost_sign_, second.cost), "constrained reward of other_action from the initial states");
  return answer;
}

}  // namespace bellshard::mdp
