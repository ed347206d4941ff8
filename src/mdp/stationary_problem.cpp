#include "src/mdp/stationary_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "src/dist/reduce.hpp"
#include "src/mdp/host_bounds.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/mdp/sparse_operator.hpp"
#include "src/runtime/large_array.hpp"
#include "src/runtime/stop_signal.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t most_policy_improvements = 300;  ///< a policy that hardly ever ends needs any number of them

char const* value_name(Criterion const& criterion) {
  return criterion.kind == CriterionKind::reachability ? "probability to meet the target" : "expected total reward";
}

}  // namespace

std::unique_ptr<Operator> operator_of(MPI_Comm comm, Reduction& reduction, Criterion const& criterion, bool in_place) {
  auto offsets = reduction.rows.action_offset;
  auto op = make_sparse_operator(comm, reduction.states, std::move(reduction.rows), criterion.objective, criterion.discount, StorageChoice::automatic, criterion.nature,
                                 in_place);
  reduction.rows = Rows{};
  reduction.rows.action_offset = std::move(offsets);
  return op;
}

StationaryProblem::StationaryProblem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options)
    : comm_(comm), states_(states), own_(rows.own), question_(std::move(question)), options_(options) {
  auto const& criterion = question_.criterion;
  bool const in_place = options.method == Method::automatic || options.method == Method::gauss_seidel;
  if (criterion.kind == CriterionKind::discounted && question_.target.empty()) {
    op_ = make_sparse_operator(comm, states, std::move(rows), criterion.objective, criterion.discount, StorageChoice::automatic, criterion.nature, in_place);
  } else {
    rows_ = std::move(rows);
    reduction_ = std::make_unique<Reduction>(reduce(comm, states, rows_, question_.target, question_.allowed, criterion));
    op_ = operator_of(comm, *reduction_, criterion, in_place);
  }
  iteration_ = make_iteration(*op_, options_);
}

StationaryProblem::StationaryProblem(std::unique_ptr<Operator> op, Question question, SolverOptions const& options)
    : comm_(op->comm()), states_(op->states()), own_(op->own()), question_(std::move(question)), options_(options), op_(std::move(op)),
      iteration_(make_iteration(*op_, options_)) {}

std::string StationaryProblem::description() const {
  auto const method = to_string(options_.method);
  if (!reduction_) return fmt::format("{} on {} states", method, states_.size());
  return fmt::format("{} on {} states that graph search leaves open of {}, {} end components made one state each", method,
                     reduction_->states.size(), states_.size(), reduction_->components);
}

void StationaryProblem::start_from(std::span<double const> values) {
  auto const start = large_array<Array<double>>("bellshard::mdp::start", static_cast<std::size_t>(op_->local_items()));
  place(values, start);
  iteration_->start_from(start);
}

void StationaryProblem::place(std::span<double const> values, Array<double> const& array) const {
  auto const own = reduction_ ? reduce_values(comm_, *reduction_, values) : std::vector<double>(values.begin(), values.end());
  copy_to_device(own, array, op_->own_first());
}

/// Reduced states of interval models that stand for a number: a sweep knows it.
void StationaryProblem::put_constants(Array<double> const& array, double factor) {
  if (!reduction_) return;
  auto const& from = reduction_->pair_state;
  if (!any_over_ranks(comm_, std::any_of(from.begin(), from.end(), [](auto state) { return state < 0; }))) return;
  auto const& swept = iteration_->values();
  op_->backup(array, swept);
  auto const first = op_->own_first(), size = op_->own().size();
  auto own = to_host(array, first, size);
  auto const numbers = to_host(swept, first, size);
  for (std::size_t s = 0; s < own.size(); ++s) {
    if (from[reduction_->rows.action_offset[s]] < 0) own[s] = factor * numbers[s];
  }
  copy_to_device(own, array, first);
}

Operator::Violations StationaryProblem::refute(std::span<double const> lower, std::span<double const> upper) {
  bool const probability = question_.criterion.kind == CriterionKind::reachability;
  auto const& array = iteration_->scratch();
  place(lower, array);
  put_constants(array, 1 - 8 * 0x1p-53 - 0x1p-52);  // a sweep's rounding against them
  auto const below = op_->verify(array, {}, 0, 0).lower;
  place(upper, array);
  put_constants(array, 1 + 8 * 0x1p-53 + 0x1p-52);
  auto const above = op_->verify(array, {}, 0, 0, probability ? 1.0 : std::numeric_limits<double>::infinity()).upper;
  return {sum_over_ranks(comm_, below), sum_over_ranks(comm_, above)};
}

Answer StationaryProblem::answer() { return reduction_ ? answer_reduced() : answer_unreduced(); }

Answer StationaryProblem::answer_unreduced() {
  iteration_->conclude();
  auto const& proof = iteration_->proof();
  Answer answer;
  answer.proven = proof.holds;
  answer.width = proof.width;
  answer.floor = proof.floor;
  auto const first = op_->own_first();
  answer.fields.push_back(sharded_values(states_, own_, iteration_->values(), first, "value", "1", "expected discounted reward"));
  auto const& bounds = iteration_->prover().bounds();
  answer.fields.push_back(sharded_bound(states_, own_, bounds, false, first, "proven lower bound of the optimal value"));
  answer.fields.push_back(sharded_bound(states_, own_, bounds, true, first, "proven upper bound of the optimal value"));
  answer.fields.push_back(
      sharded_values(states_, own_, iteration_->actions(), 0, "action", "1", "optimal action, index within the state"));

  answer.policy_value = [this] {
    evaluate_policy();
    return sharded_values(states_, own_, iteration_->values(), op_->own_first(), "policy_value", "1", "value of the written policy");
  };
  return answer;
}

/// From the optimal values on, by sweeps of the policy, in the memory of the values.
void StationaryProblem::evaluate_policy() {
  auto const &value = iteration_->values(), &next = iteration_->scratch();
  linalg::Part const own{op_->own_first(), own_.size()};
  double const ease = 1 - op_->discount();
  double const goal = 0.1 * options_.tolerance * ease * std::fmax(iteration_->proof().floor, 1e-300);
  for (int sweep = 0; sweep < 1000; ++sweep) {
    auto const change = over_ranks(comm_, op_->evaluate(iteration_->actions(), value, next));
    Kokkos::deep_copy(value, next);
    linalg::shift(Execution(), own, 0.5 * (change.lowest + change.highest) * op_->discount() / ease, value);
    if (!(change.highest - change.lowest > goal)) break;
  }
}

Found StationaryProblem::find() {
  iteration_->conclude();
  auto const first = op_->own_first();
  auto const size = op_->own().size();
  Found found;
  found.proof = iteration_->proof();
  auto const lift = [&](Array<double> const& array) { return lift_values(comm_, states_, *reduction_, to_host(array, first, size)); };
  found.value = lift(iteration_->values());
  std::tie(found.lower, found.upper) = bounds_to_host(iteration_->prover().bounds(), first, size);
  for (auto* bound : {&found.lower, &found.upper}) *bound = lift_values(comm_, states_, *reduction_, *bound);
  found.action = lift_policy(comm_, states_, rows_, *reduction_, to_host(iteration_->actions(), 0, size));
  if (question_.criterion.kind == CriterionKind::reachability) {
    for (auto& bound : found.lower) bound = std::fmax(bound, 0);
    for (auto& bound : found.upper) bound = std::fmin(bound, 1);
  }
  if (!found.proof.holds) {  // nothing proven but the signs and the graph
    bool const probability = question_.criterion.kind == CriterionKind::reachability;
    for (std::size_t s = 0; s < found.value.size(); ++s) {
      if (reduction_->image[s] < 0) continue;
      found.lower[s] = probability ? 0 : -std::numeric_limits<double>::infinity();
      found.upper[s] = probability ? 1 : std::numeric_limits<double>::infinity();
    }
  }
  return found;
}

std::vector<double> StationaryProblem::value_of_policy(std::vector<std::int32_t> const& action) const {
  auto options = options_;
  options.method = Method::automatic;
  StationaryProblem chain(comm_, states_, follow(rows_, action), question_, options);
  for (std::int64_t sweep = 1; sweep <= most_policy_improvements && !chain.iteration_->finished() && !chain.iteration_->exhausted(); ++sweep) {
    if (any_over_ranks(comm_, pending_stop_signal() != 0)) break;
    chain.iteration_->advance(sweep);
  }
  auto found = chain.find();
  if (!found.proof.holds) found.value.assign(found.value.size(), std::numeric_limits<double>::quiet_NaN());
  return std::move(found.value);
}

Answer StationaryProblem::answer_reduced() {
  auto found = find();
  Answer answer;
  answer.proven = found.proof.holds;
  answer.width = found.proof.width;
  answer.floor = found.proof.floor;
  std::string const name = value_name(question_.criterion);
  answer.fields.push_back(host_field(states_, own_, std::move(found.value), "value", "1", name));
  answer.fields.push_back(host_field(states_, own_, std::move(found.lower), "lower", "1", "proven lower bound of the optimal value"));
  answer.fields.push_back(host_field(states_, own_, std::move(found.upper), "upper", "1", "proven upper bound of the optimal value"));
  answer.fields.push_back(host_field(states_, own_, found.action, "action", "1", "optimal action, index within the state"));
  answer.policy_value = [this, action = std::move(found.action)] {
    return host_field(states_, own_, value_of_policy(action), "policy_value", "1", "value of the written policy; NaN where it was not found");
  };
  answer.facts = {{"open_states", static_cast<double>(reduction_->states.size())},
                  {"end_components", static_cast<double>(reduction_->components)}};
  return answer;
}

Rows follow(Rows const& rows, std::span<std::int32_t const> action) {
  Rows chain;
  chain.own = rows.own;
  chain.states = rows.states;
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    auto const pair = rows.action_offset[s] + action[s];
    auto const begin = rows.transition_offset[pair], end = rows.transition_offset[pair + 1];
    chain.next_state.insert(chain.next_state.end(), rows.next_state.begin() + begin, rows.next_state.begin() + end);
    chain.probability.insert(chain.probability.end(), rows.probability.begin() + begin, rows.probability.begin() + end);
    if (rows.interval()) {
      chain.probability_upper.insert(chain.probability_upper.end(), rows.probability_upper.begin() + begin, rows.probability_upper.begin() + end);
    }
    chain.reward.push_back(rows.reward[pair]);
    chain.transition_offset.push_back(chain.transitions());
    chain.action_offset.push_back(chain.pairs());
  }
  return chain;
}

}  // namespace bellshard::mdp
