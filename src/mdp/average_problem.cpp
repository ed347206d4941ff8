#include "src/mdp/average_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "kernels/dp/component_change.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/host_bounds.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/mdp/sparse_operator.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

constexpr double damping = 0.8;
constexpr std::int64_t most_sweeps_inside = 1'000'000;

/// The pairs inside components; a state outside has one pair that stays and earns nothing.
struct Inside {
  Rows rows;
  std::vector<std::int32_t> action;
};

Inside pairs_inside(Rows const& rows, EndComponents const& components) {
  Inside inside;
  inside.rows.own = rows.own;
  inside.rows.states = rows.states;
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    auto& out = inside.rows;
    for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
      if (components.internal[pair] == 0) continue;
      auto const begin = rows.transition_offset[pair], end = rows.transition_offset[pair + 1];
      out.next_state.insert(out.next_state.end(), rows.next_state.begin() + begin, rows.next_state.begin() + end);
      out.probability.insert(out.probability.end(), rows.probability.begin() + begin, rows.probability.begin() + end);
      out.reward.push_back(rows.reward[pair]);
      out.transition_offset.push_back(out.transitions());
      inside.action.push_back(static_cast<std::int32_t>(pair - rows.action_offset[s]));
    }
    if (components.component[s] < 0) {
      out.next_state.push_back(rows.own.begin + s);
      out.probability.push_back(1);
      out.reward.push_back(0);
      out.transition_offset.push_back(out.transitions());
      inside.action.push_back(-1);
    }
    out.action_offset.push_back(out.pairs());
  }
  return inside;
}

double largest_magnitude(MPI_Comm comm, std::vector<double> const& numbers) {
  double largest = 0;
  for (double const number : numbers) largest = std::fmax(largest, std::fabs(number));
  return max_over_ranks(comm, largest);
}

}  // namespace

AverageProblem::AverageProblem(MPI_Comm comm, Partition const& states, Rows rows, Question question, SolverOptions const& options)
    : comm_(comm), states_(states), own_(rows.own), question_(std::move(question)), options_(options), rows_(std::move(rows)),
      components_(end_components(comm, states, rows_)) {
  auto inside = pairs_inside(rows_, components_);
  internal_action_ = std::move(inside.action);
  internal_offset_ = inside.rows.action_offset;
  least_scale_ = std::fmax(1e-3 * largest_magnitude(comm, inside.rows.reward), 1e-300);
  op_ = make_sparse_operator(comm, states, std::move(inside.rows), question_.criterion.objective, 1.0,
                             StorageChoice::automatic, Nature::adversarial, false);
  auto const size = static_cast<std::size_t>(op_->local_items());
  values_ = large_array<Array<double>>("bellshard::mdp::values", size);
  next_ = large_array<Array<double>>("bellshard::mdp::next_values", size);
  action_ = Array<std::int32_t>("bellshard::mdp::action", static_cast<std::size_t>(own_.size()));
  Kokkos::deep_copy(action_, -1);
  component_ = to_device(std::vector<std::int32_t>(components_.component.begin(), components_.component.end()), "bellshard::mdp::component");
  ends_ = Array<double>("bellshard::mdp::component_ends", static_cast<std::size_t>(2 * components_.count));
  gain_.assign(static_cast<std::size_t>(components_.count), 0);
  reach_ = gain_;
}

std::string AverageProblem::description() const {
  return fmt::format("relative value iteration in {} end components of {} states", components_.count, states_.size());
}

double AverageProblem::component_rounding() const { return op_->rounding(largest_value(*op_, values_)); }

/// Bounds of every gain from values_ and next_ = T values_.
void AverageProblem::measure() {
  Kokkos::deep_copy(ends_, -std::numeric_limits<double>::infinity());
  dp::component_change(Execution(), {op_->own_first(), own_.size()}, component_, values_, next_, ends_);
  auto ends = to_host(ends_, 0, static_cast<std::int64_t>(ends_.size()));
  max_over_ranks(comm_, ends);
  copy_to_device(ends, ends_, 0);
  double const rounding = component_rounding();
  double largest = 0, widest = 0;
  for (std::size_t c = 0; c < gain_.size(); ++c) {
    gain_[c] = 0.5 * (ends[2 * c + 1] - ends[2 * c]);
    reach_[c] = 0.5 * (ends[2 * c + 1] + ends[2 * c]) + rounding;
    largest = std::fmax(largest, std::fabs(gain_[c]));
  }
  // Where paths may end in several components, the widest gain widens every value.
  double const floor = std::fmax((gain_.size() > 1 ? 1e-3 : 1) * largest, least_scale_);
  for (std::size_t c = 0; c < gain_.size(); ++c) widest = std::fmax(widest, 2 * reach_[c] / floor);
  residual_ = widest;
  exhausted_ = !finished() && widest <= 4 * 2 * rounding / floor;
}

void AverageProblem::advance(std::int64_t) {
  op_->backup(values_, next_, action_);
  measure();
  if (!finished()) dp::relative_step(Execution(), {op_->own_first(), own_.size()}, component_, ends_, damping, next_, values_);
  auto const cost = op_->cost();
  work_ = {sum_over_ranks(comm_, cost.states), sum_over_ranks(comm_, cost.bytes), sum_over_ranks(comm_, cost.bytes_received)};
}

std::vector<io::ShardedArray> AverageProblem::arrays() {
  return {sharded_values(states_, own_, values_, op_->own_first(), "value", "1", "relative value after the last sweep"),
          sharded_values(states_, own_, action_, 0, "action", "1", "action of the last sweep inside components")};
}

Found AverageProblem::find() {
  op_->backup(values_, next_, action_);
  measure();
  double const reach = gain_.empty() ? 0 : *std::max_element(reach_.begin(), reach_.end());

  auto reduction = reduce_to_components(comm_, states_, rows_, components_, gain_);
  auto const op = operator_of(comm_, reduction, question_.criterion);
  auto inner = options_;
  inner.method = Method::automatic;
  inner.tolerance = 0.25 * options_.tolerance;
  auto const iteration = make_iteration(*op, inner);
  run_to_end(*iteration, most_sweeps_inside);

  Found found;
  auto const lift = [&](Array<double> const& array) {
    return lift_values(comm_, states_, reduction, to_host(array, op->own_first(), op->own().size()));
  };
  found.value = lift(iteration->values());
  std::tie(found.lower, found.upper) = bounds_to_host(iteration->prover().bounds(), op->own_first(), op->own().size());
  for (auto* bound : {&found.lower, &found.upper}) *bound = lift_values(comm_, states_, reduction, *bound);
  // The gains' own bounds move the value by no more than the widest of them: a path ends in components with probability 1.
  for (auto& bound : found.lower) bound -= reach;
  for (auto& bound : found.upper) bound += reach;
  found.action = lift_policy(comm_, states_, rows_, reduction, to_host(iteration->actions(), 0, op->own().size()));
  auto const stay = to_host(action_, 0, own_.size());
  for (std::size_t s = 0; s < found.action.size(); ++s) {
    if (found.action[s] < 0) found.action[s] = internal_action_[internal_offset_[s] + stay[s]];
  }
  found.proof = iteration->proof();
  found.proof.floor = std::fmax(1e-3 * largest_magnitude(comm_, found.value), least_scale_);
  double width = 0;
  for (std::size_t s = 0; s < found.value.size(); ++s) {
    width = std::fmax(width, (found.upper[s] - found.lower[s]) / std::fmax(std::fabs(found.value[s]), found.proof.floor));
  }
  found.proof.width = max_over_ranks(comm_, width);
  return found;
}

Answer AverageProblem::answer() {
  auto found = find();
  Answer answer;
  answer.proven = found.proof.holds;
  answer.width = found.proof.width;
  answer.floor = found.proof.floor;

  auto options = options_;
  AverageProblem chain(comm_, states_, follow(rows_, found.action), question_, options);
  for (std::int64_t sweep = 1; sweep <= most_sweeps_inside && !chain.finished() && !chain.exhausted(); ++sweep) chain.advance(sweep);
  auto policy = chain.find();

  auto const field = [&](auto& values, char const* name, char const* long_name) {
    answer.fields.push_back(host_field(states_, own_, std::move(values), name, "1", long_name));
  };
  field(found.value, "value", "optimal long-run average reward per step");
  field(found.lower, "lower", "proven lower bound of the optimal value");
  field(found.upper, "upper", "proven upper bound of the optimal value");
  field(found.action, "action", "optimal action, index within the state");
  field(policy.value, "policy_value", "long-run average reward of the written policy");
  answer.facts = {{"end_components", static_cast<double>(components_.count)}};
  return answer;
}

}  // namespace bellshard::mdp
