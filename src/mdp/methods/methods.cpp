#include "src/mdp/methods/methods.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "src/dist/reduce.hpp"
#include "src/mdp/methods/anderson.hpp"
#include "src/mdp/methods/prioritised.hpp"
#include "src/mdp/sharded_values.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t change_asked_every = 5;  ///< sweeps of a policy between two reductions over all ranks
constexpr double linear_reduction = 1e-3;
constexpr std::int64_t most_products = 200;
constexpr double bytes_of_solve = 80;   ///< of a state and product, for the vectors of BiCGStab
constexpr double fast_enough[] = {0.7, 0.1, 0.1, 0.1};  ///< of each way: a factor 2 a sweep; e in ten sweeps
constexpr double forgetting = 0.02;
constexpr int ordered_sweeps = 2;
constexpr int most_ordered_sweeps = 8;
// A trial lasts until its patience is used up. Policies change for some improvements before the values settle, so a linear
// equation that is solved well takes little of it, whatever the change.
constexpr int patience = 40;
constexpr int patience_for_solved = 1, patience_for_unsolved = 20, patience_for_sweeps = 40;
constexpr double well_solved = 0.1;     ///< residual of the linear equation, of what it was

}  // namespace

std::string to_string(Method method) {
  switch (method) {
    case Method::value_iteration: return "value_iteration";
    case Method::gauss_seidel: return "gauss_seidel";
    case Method::modified_policy_iteration: return "modified_policy_iteration";
    case Method::inexact_policy_iteration: return "inexact_policy_iteration";
    case Method::anderson: return "anderson";
    case Method::prioritised: return "prioritised";
    case Method::automatic: break;
  }
  return "auto (plain or ordered sweeps, linear solves or sweeps of the policy, whichever gains most)";
}

std::unique_ptr<Iteration> make_iteration(Operator& op, SolverOptions const& options) {
  bool const solves = options.method == Method::automatic || options.method == Method::inexact_policy_iteration;
  if (solves && !op.linear()) return std::make_unique<ModifiedPolicyIteration>(op, options);
  switch (options.method) {
    case Method::value_iteration: return std::make_unique<ValueIteration>(op, options);
    case Method::gauss_seidel: return std::make_unique<GaussSeidel>(op, options);
    case Method::modified_policy_iteration: return std::make_unique<ModifiedPolicyIteration>(op, options);
    case Method::inexact_policy_iteration: return std::make_unique<InexactPolicyIteration>(op, options);
    case Method::anderson: return std::make_unique<Anderson>(op, options);
    case Method::prioritised: return std::make_unique<Prioritised>(op, options);
    case Method::automatic: break;
  }
  return std::make_unique<AdaptiveIteration>(op, options);
}

void ValueIteration::advance(std::int64_t) {
  auto const change = over_ranks(op_.comm(), op_.backup(values_, next_));
  std::swap(values_, next_);
  count(1);
  judge(change);
}

void GaussSeidel::advance(std::int64_t sweep) {
  if (sweep == 1) {  // values that need no sweep in place, such as an earlier result, are proven as they are
    auto const change = over_ranks(op_.comm(), op_.backup(values_, next_));
    std::swap(values_, next_);
    count(1);
    judge(change);
    if (!finished()) start_ordered(change);
    return;
  }
  auto const order = sweep % 2 == 0 ? Operator::Order::ascending : Operator::Order::descending;
  auto const change = over_ranks(op_.comm(), op_.sweep_in_place(values_, order, options_.relaxation));
  count(1);
  judge(change);
}

std::int64_t ModifiedPolicyIteration::evaluate_by_sweeps() {
  HeldPolicy const held(op_, action_);
  double first = -1;
  std::int64_t sweeps = 0;
  while (sweeps < options_.inner_sweeps) {
    auto const own_change = op_.evaluate(action_, values_, next_);
    std::swap(values_, next_);
    ++sweeps;
    if (sweeps % change_asked_every != 1) continue;
    auto const change = over_ranks(op_.comm(), own_change);
    double const size = size_of(change);
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

std::vector<io::ShardedArray> InexactPolicyIteration::arrays() {
  auto all = ModifiedPolicyIteration::arrays();
  all.push_back(sharded_values(op_.states(), op_.own(), safe_, own_.first, "safe_value", "1", "values before a step that may lead astray"));
  all.push_back(replicated_numbers("solves", "largest change to trust, improvements to go without solves, failures", most_change_, sweeps_only_, failures_));
  return all;
}

void InexactPolicyIteration::keep_values(double most) {
  Kokkos::deep_copy(safe_, values_);
  most_change_ = most;
}

bool InexactPolicyIteration::undo(Change change) {
  if (size_of(change) <= most_change_) return false;
  restore_values();
  return true;
}

LinearOutcome InexactPolicyIteration::evaluate_by_solve() {
  HeldPolicy const held(op_, action_);
  op_.rewards(action_, next_);
  return equation_.solve(action_, next_, values_, linear_reduction, most_products);
}

void InexactPolicyIteration::refine() {
  op_.backup_accurately(values_, next_);
  linalg::combine(Execution(), own_, 1, next_, -1, values_, next_);
  Kokkos::deep_copy(safe_, 0.0);
  HeldPolicy const held(op_, action_);
  equation_.solve(action_, next_, safe_, linear_reduction, most_products);
  linalg::combine(Execution(), own_, 1, values_, 1, safe_, values_);
}

void InexactPolicyIteration::advance(std::int64_t) {
  auto change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
  double sweeps = 1;
  if (undo(change)) {
    sweeps_only_ = std::int64_t{1} << std::min<std::int64_t>(++failures_, 20);
    change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
    sweeps += 1;
  }
  trust_values();
  std::swap(values_, next_);
  judge(change);
  if (!finished() && !exhausted()) {
    if (sweeps_only_ > 0) {
      --sweeps_only_;
      sweeps += static_cast<double>(evaluate_by_sweeps());
    } else {
      keep_values(3 * size_of(change));  // policy iteration need not shrink the change every time
      sweeps += static_cast<double>(evaluate_by_solve().products);
    }
  }
  count(sweeps);
}

AdaptiveIteration::AdaptiveIteration(Operator& op, SolverOptions const& options) : InexactPolicyIteration(op, options) {
  trial_.patience = patience;
  auto const cost = op.cost();
  double const states = sum_over_ranks(op.comm(), cost.states), pairs = sum_over_ranks(op.comm(), cost.pairs);
  // Where transitions are made anew, their arithmetic takes about as long as reading them would.
  double const bytes = sum_over_ranks(op.comm(), std::fmax(cost.bytes, 8 * cost.transitions));
  if (bytes > 0 && pairs > 0) {
    policy_share_ = any_over_ranks(op.comm(), cost.whole_policy) ? 1 : states / pairs + 16 * states / bytes;
    product_share_ = policy_share_ + bytes_of_solve * states / bytes;
  }
  std::fill(std::begin(rate_), std::end(rate_), std::numeric_limits<double>::infinity());
}

std::vector<io::ShardedArray> AdaptiveIteration::arrays() {
  auto all = InexactPolicyIteration::arrays();
  all.push_back(replicated_numbers("trial", "way on trial, its patience, change at its begin, its work; rates of the ways", trial_.way,
                                   trial_.patience, trial_.change, trial_.work, rate_[plain], rate_[ordered], rate_[solve], rate_[policy_sweeps]));
  return all;
}

AdaptiveIteration::Way AdaptiveIteration::choose() const {
  // The first way goes on while it is fast; only where none is are all compared.
  int best = 0;
  for (int way = 0; way < ways; ++way) {
    if (rate_[way] > fast_enough[way]) return static_cast<Way>(way);
    if (rate_[way] > rate_[best]) best = way;
  }
  return static_cast<Way>(best);
}

void AdaptiveIteration::close_trial(double size) {
  double const gain = std::log(trial_.change / size);
  double const rate = std::isnan(gain) ? -1 : gain / trial_.work;
  for (auto& other : rate_) other += forgetting * std::fabs(rate);  // what was slow once may be fast later
  rate_[trial_.way] = rate;
  trial_ = {choose(), patience, size, 0};
}

void AdaptiveIteration::go(Change change) {
  if (trial_.way == plain) {  // models that mix fast need no more, and one sweep tells
    trial_.patience = 0;
    trust_values();
    return;
  }
  double const most_growth = trial_.way == solve ? 3 : 1;  // policy iteration need not shrink the change every time
  keep_values(most_growth * size_of(change));
  switch (trial_.way) {
    case solve: {
      auto const outcome = evaluate_by_solve();
      trial_.work += product_share_ * static_cast<double>(outcome.products);
      bool const solved = outcome.reduction <= well_solved;
      trial_.patience -= solved ? patience_for_solved : patience_for_unsolved;
      if (op_.discount() < 1) {
        if (solved) trust_values();  // the value of a better policy is better, whatever the change
      } else if (!solved) {
        restore_values();  // a policy that never ends has no value: the equation is singular, its solution any number
      }
      return;
    }
    case policy_sweeps:
      trial_.work += policy_share_ * static_cast<double>(evaluate_by_sweeps());
      trust_values();
      break;
    default: {
      // What is found behind a border of ranks crosses it in the next pair of sweeps; before it has, the change may have grown.
      int const sweeps = std::min(ordered_sweeps * op_.states().parts(), most_ordered_sweeps);
      start_ordered(change);
      for (int sweep = 0; sweep < sweeps; ++sweep) {
        op_.sweep_in_place(values_, sweep % 2 == 0 ? Operator::Order::ascending : Operator::Order::descending, 1.0);
      }
      trial_.work += sweeps;
    }
  }
  trial_.patience -= patience_for_sweeps;
}

void AdaptiveIteration::advance(std::int64_t) {
  double work = 1;
  auto change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
  if (undo(change)) {
    trial_.patience -= patience_for_unsolved;
    change = over_ranks(op_.comm(), op_.backup(values_, next_, action_));
    work += 1;
  }
  std::swap(values_, next_);
  judge(change);
  trial_.work += work;
  if (!finished() && !exhausted()) {
    double const size = size_of(change);
    if (trial_.change < 0) trial_.change = size, trial_.work = 0;
    if (trial_.patience <= 0) close_trial(size);
    double const begin = trial_.work;
    go(change);
    work += trial_.work - begin;
  }
  count(work);
}

}  // namespace bellshard::mdp
