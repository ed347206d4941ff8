#include "src/mdp/horizon_problem.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/dp/pinned.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

template <class T>
io::ShardedArray stage_field(Partition const& states, Block own, std::int64_t stages, std::vector<T>& values, std::string name,
                             std::string long_name) {
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::element_type<T>();
  array.shape = {states.size(), stages};
  array.own = own;
  array.long_name = std::move(long_name);
  array.fetch = [&values, own, stages](Block items, void* host) {
    std::copy_n(values.begin() + (items.begin - own.begin) * stages, items.size() * stages, static_cast<T*>(host));
  };
  array.store = [&values, own, stages](Block items, void const* host) {
    std::copy_n(static_cast<T const*>(host), items.size() * stages, values.begin() + (items.begin - own.begin) * stages);
  };
  return array;
}

}  // namespace

HorizonProblem::HorizonProblem(std::unique_ptr<Operator> op, Question question, SolverOptions const&)
    : op_(std::move(op)), question_(std::move(question)),
      bounded_reachability_(question_.criterion.kind == CriterionKind::bounded_reachability), own_(op_->own()) {
  auto const size = static_cast<std::size_t>(op_->local_items());
  auto const own = static_cast<std::size_t>(own_.size());
  values_ = large_array<Array<double>>("bellshard::mdp::values", size);
  next_ = large_array<Array<double>>("bellshard::mdp::next_values", size);
  action_ = Array<std::int32_t>("bellshard::mdp::action", own);
  if (bounded_reachability_) {
    std::vector<std::uint8_t> kind(own, 0);
    for (std::size_t s = 0; s < own; ++s) {
      if (!question_.allowed.empty() && question_.allowed[s] == 0) kind[s] = 2;
      if (question_.target[s] != 0) kind[s] = 1;
    }
    pinned_ = to_device(kind, "bellshard::mdp::pinned");
    pin(values_);
  } else if (!question_.terminal.empty()) {
    copy_to_device(question_.terminal, values_, op_->own_first());
  }
  auto const cells = own * static_cast<std::size_t>(question_.criterion.horizon);
  stage_action_.assign(cells, -1);
  stage_value_.assign(cells, 0);
}

void HorizonProblem::pin(Array<double> const& values) const {
  if (bounded_reachability_) dp::pin_values(Execution(), {op_->own_first(), own_.size()}, pinned_, values);
}

std::string HorizonProblem::description() const {
  return fmt::format("backward induction over {} steps of {} states", question_.criterion.horizon, op_->states().size());
}

double HorizonProblem::share_done() const {
  return question_.criterion.horizon > 0 ? stage_[0] / static_cast<double>(question_.criterion.horizon) : 1;
}

void HorizonProblem::advance(std::int64_t) {
  Kokkos::deep_copy(action_, -1);
  double const before = largest_value(*op_, values_);
  residual_ = over_ranks(op_->comm(), op_->backup(values_, next_, action_)).largest();
  std::swap(values_, next_);
  pin(values_);
  stage_[0] += 1;
  stage_[1] = op_->discount() * stage_[1] + op_->rounding(before);

  auto const stages = static_cast<std::size_t>(question_.criterion.horizon);
  auto const column = stages - static_cast<std::size_t>(stage_[0]);
  auto const action = to_host(action_, 0, own_.size());
  auto const value = to_host(values_, op_->own_first(), own_.size());
  for (std::size_t s = 0; s < value.size(); ++s) {
    stage_action_[s * stages + column] = action[s];
    stage_value_[s * stages + column] = value[s];
  }
  auto const cost = op_->cost();
  work_ = {sum_over_ranks(op_->comm(), cost.states), sum_over_ranks(op_->comm(), cost.bytes), sum_over_ranks(op_->comm(), cost.bytes_received)};
}

std::vector<io::ShardedArray> HorizonProblem::arrays() {
  auto const stages = question_.criterion.horizon;
  return {sharded_values(op_->states(), own_, values_, op_->own_first(), "value", "1", "value of the stage"),
          replicated_numbers("stage", "stages done; rounding so far", stage_[0], stage_[1]),
          stage_field(op_->states(), own_, stages, stage_action_, "stage_action", "optimal action of each stage"),
          stage_field(op_->states(), own_, stages, stage_value_, "stage_value", "value of each stage")};
}

Answer HorizonProblem::answer() {
  Answer answer;
  auto const value = to_host(values_, op_->own_first(), own_.size());
  auto const stages = static_cast<std::size_t>(question_.criterion.horizon);
  double const largest = largest_value(*op_, values_);
  // What backward induction computed is exact but for the rounding of its sweeps; a sum rounds once more.
  double const reach = stage_[1] * (1 + 1e-9) + 4e-16 * largest;
  answer.proven = finished();
  answer.floor = std::fmax(1e-3 * largest, 1e-300);
  answer.width = 2 * reach / answer.floor;
  std::vector<double> lower(value), upper(value);
  std::vector<std::int32_t> first(value.size(), -1);
  for (std::size_t s = 0; s < value.size(); ++s) {
    lower[s] -= reach;
    upper[s] += reach;
    if (bounded_reachability_) {
      lower[s] = std::fmax(lower[s], 0);
      upper[s] = std::fmin(upper[s], 1);
    }
    if (stages > 0) first[s] = stage_action_[s * stages];
  }
  auto const& states = op_->states();
  std::string const name = bounded_reachability_ ? "probability to meet the target within the horizon" : "expected reward of the horizon";
  answer.fields = {host_field(states, own_, value, "value", "1", name),
                   host_field(states, own_, lower, "lower", "1", "proven lower bound of the optimal value"),
                   host_field(states, own_, upper, "upper", "1", "proven upper bound of the optimal value"),
                   host_field(states, own_, first, "action", "1", "optimal action of the first step, index within the state")};
  if (stages > 0) {
    answer.fields.push_back(stage_field(states, own_, question_.criterion.horizon, stage_action_, "stage_action",
                                        "optimal action of each step, index within the state"));
    answer.fields.push_back(stage_field(states, own_, question_.criterion.horizon, stage_value_, "stage_value",
                                        "optimal value of the steps that remain, from each step on"));
  }
  return answer;
}

}  // namespace bellshard::mdp
