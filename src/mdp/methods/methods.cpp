#include "src/mdp/methods/methods.hpp"

#include <algorithm>
#include <cmath>

#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t change_asked_every = 5;  ///< sweeps of a policy between two reductions over all ranks
constexpr double linear_reduction = 1e-3;
constexpr std::int64_t most_products = 300;

}  // namespace

std::string to_string(Method method) {
  switch (method) {
    case Method::value_iteration: return "value_iteration";
    case Method::gauss_seidel: return "gauss_seidel";
    case Method::modified_policy_iteration: return "modified_policy_iteration";
    case Method::inexact_policy_iteration: return "inexact_policy_iteration";
    case Method::automatic: break;
  }
  return "auto";
}

Method chosen_method(Operator const& op, Method asked) {
  if (asked != Method::automatic) return asked;
  return op.discount() < 0.9 ? Method::modified_policy_iteration : Method::inexact_policy_iteration;
}

std::unique_ptr<Iteration> make_iteration(Operator& op, SolverOptions const& options) {
  switch (chosen_method(op, options.method)) {
    case Method::value_iteration: return std::make_unique<ValueIteration>(op, options);
    case Method::gauss_seidel: return std::make_unique<GaussSeidel>(op, options);
    case Method::modified_policy_iteration: return std::make_unique<ModifiedPolicyIteration>(op, options);
    default: return std::make_unique<InexactPolicyIteration>(op, options);
  }
}

void ValueIteration::advance(std::int64_t) {
  auto const change = over_ranks(op_.comm(), op_.backup(values_, next_));
  std::swap(values_, next_);
  count(1);
  judge(change);
}

void GaussSeidel::advance(std::int64_t sweep) {
  auto const order = sweep % 2 == 1 ? Operator::Order::ascending : Operator::Order::descending;
  auto const change = over_ranks(op_.comm(), op_.sweep_in_place(values_, order, options_.relaxation));
  count(1);
  judge(change);
}

std::int64_t ModifiedPolicyIteration::evaluate_by_sweeps() {
  double first = -1;
  std::int64_t sweeps = 0;
  while (sweeps < options_.inner_sweeps) {
    auto const own_change = op_.evaluate(action_, values_, next_);
    std::swap(values_, next_);
    ++sweeps;
    if (sweeps % change_asked_every != 1) continue;
    auto const change = over_ranks(op_.comm(), own_change);
    double const size = op_.discount() < 1 ? change.highest - change.lowest : change.largest();
    if (first < 0) first = size;
    if (size <= 0.01 * first) break;
  }
  return sweeps;
}

void ModifiedPolicyIteration::advance(std::int64_t) {
  auto const change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
  std::swap(values_, next_);
  judge(change);
  count(1 + (finished() || exhausted() ? 0 : static_cast<double>(evaluate_by_sweeps())));
}

InexactPolicyIteration::InexactPolicyIteration(Operator& op, SolverOptions const& options)
    : ModifiedPolicyIteration(op, options), equation_(op, options.linear),
      safe_(large_array<Array<double>>("bellshard::mdp::safe_values", static_cast<std::size_t>(op.local_items()))) {}

void InexactPolicyIteration::advance(std::int64_t) {
  auto change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
  double sweeps = 1;
  auto const size = [&](Change c) { return op_.discount() < 1 ? c.highest - c.lowest : c.largest(); };
  // Policy iteration need not shrink the change every time; a solve that blows it up went astray.
  if (solved_ && !(size(change) <= 3 * change_before_)) {
    std::swap(values_, safe_);
    sweeps_only_ = std::int64_t{1} << std::min<std::int64_t>(++failures_, 20);
    change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
    sweeps += 1;
  }
  solved_ = false;
  std::swap(values_, next_);
  judge(change);
  if (!finished() && !exhausted()) {
    if (sweeps_only_ > 0) {
      --sweeps_only_;
      sweeps += static_cast<double>(evaluate_by_sweeps());
    } else {
      change_before_ = size(change);
      Kokkos::deep_copy(safe_, values_);
      op_.rewards(action_, next_);
      auto const outcome = equation_.solve(action_, next_, values_, linear_reduction, most_products);
      sweeps += static_cast<double>(outcome.products);
      solved_ = true;
    }
  }
  count(sweeps);
}

}  // namespace bellshard::mdp
