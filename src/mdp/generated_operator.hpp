#pragma once
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "kernels/dp/bellman_sweep.hpp"
#include "kernels/dp/generated_action_values.hpp"
#include "kernels/dp/generated_rows.hpp"
#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/dist/window_exchange.hpp"
#include "src/mdp/operator.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {

/// The Bellman operator of a model by formula: no transition is stored, each sweep makes them anew.
///
/// Values lie in a window of the global axis: own states and on either side as many as the widest step of any rank reaches over
/// its block's border. So models whose steps are short scale to any size; one that jumps anywhere needs the whole axis on each rank.
template <dp::GeneratedModel Model>
class GeneratedOperator final : public Operator {
 public:
  GeneratedOperator(MPI_Comm comm, Partition states, Model model, Objective objective, double discount);

  MPI_Comm comm() const override { return comm_; }
  Partition const& states() const override { return states_; }
  Block own() const override { return own_; }
  std::int64_t local_items() const override { return margin_low_ + own_.size() + margin_high_; }
  std::int64_t own_first() const override { return margin_low_; }
  Objective objective() const override { return objective_; }
  double discount() const override { return q_.discount; }
  SweepCost cost() const override;
  double rounding(double largest) override;

  void refresh(Array<double> const& values) override;
  Change backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) override;
  Change backup(Array<double> const& in, Array<double> const& out) override;
  Change sweep_in_place(Array<double> const& values, Order order, double relaxation) override;
  void rewards(Array<std::int32_t const> const& action, Array<double> const& out) override;
  void expect(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override;
  Change evaluate(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override;
  Change count_steps(Array<double> const& values, double margin, Array<double> const& in, Array<double> const& out,
                     Array<std::int32_t> const& action) override;
  Change enclosing_change(Array<double> const& values) override;
  Violations verify(Array<double> const& lower, Array<double> const& upper) override;

 private:
  using Q = dp::GeneratedActionValues<Model>;

  /// Refreshes `in` and sweeps: states that see no margin while the messages travel, the others after.
  template <class Sweep>
  Change exchange_and_sweep(char const* label, Array<double> const& in, Sweep const& sweep);
  template <class Sweep>
  typename Sweep::value_type sweep_all(char const* label, Sweep const& sweep) const {
    return dp::reduce_states(space_, label, 0, own_.size(), sweep);
  }

  MPI_Comm comm_;
  Partition states_;
  Objective objective_;
  Block own_;
  dp::Survey found_;  ///< of the own states, or a sample of them
  std::optional<std::pair<double, double>> extremes_;  ///< most transitions and largest reward of a pair, all ranks
  std::int64_t margin_low_ = 0;
  std::int64_t margin_high_ = 0;
  Q q_;
  Execution space_;
  std::optional<WindowExchange> exchange_;
  Array<double> fresh_;  ///< new values of a Gauss-Seidel block, made at the first one
};

template <dp::GeneratedModel Model>
GeneratedOperator<Model>::GeneratedOperator(MPI_Comm comm, Partition states, Model model, Objective objective, double discount)
    : comm_(comm), states_(std::move(states)), objective_(objective), q_{std::move(model), discount, 0, 0} {
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  own_ = states_.block(rank);
  auto need = own_;  // all own states and their next states
  if constexpr (dp::DeclaresReach<Model>) {
    // Transitions are counted on a sample: they are many, and serve only to report what a sweep moves.
    auto const stride = own_.size() / 4096 + 1;
    auto const count = (own_.size() + stride - 1) / stride;
    found_ = dp::survey_states(space_, q_.model, own_.begin, stride, count);
    found_.transitions = count > 0 ? found_.transitions * own_.size() / count : 0;
    found_.below = found_.above = q_.model.reach();
    if (!own_.empty()) need = intersect({own_.begin - found_.below, own_.end + found_.above}, {0, states_.size()});
  } else {
    found_ = dp::survey_states(space_, q_.model, own_.begin, 1, own_.size());
    if (own_.empty()) found_.lowest = found_.highest = 0;
    together(comm, [&] {
      BELLSHARD_INPUT(found_.lowest >= 0 && found_.highest < states_.size(),
                      "a next state is {} (must lie in [0, {})); correct the model's transitions",
                      found_.lowest < 0 ? found_.lowest : found_.highest, states_.size());
    });
    if (!own_.empty()) need = {std::min(own_.begin, found_.lowest), std::max(own_.end, found_.highest + 1)};
  }
  margin_low_ = max_over_ranks(comm, own_.begin - need.begin);
  margin_high_ = max_over_ranks(comm, need.end - own_.end);
  q_.own_begin = own_.begin;
  q_.window_begin = own_.begin - margin_low_;
  exchange_.emplace(comm, states_, margin_low_, margin_high_, 1);
}

template <dp::GeneratedModel Model>
SweepCost GeneratedOperator<Model>::cost() const {
  auto const size = static_cast<double>(own_.size());
  return {size, static_cast<double>(found_.transitions), 16 * size, 8 * static_cast<double>(exchange_->items_received())};
}

template <dp::GeneratedModel Model>
double GeneratedOperator<Model>::rounding(double largest) {
  if (!extremes_) {
    auto const all = dp::survey_states(space_, q_.model, own_.begin, 1, own_.size());
    extremes_ = {max_over_ranks(comm_, all.most_transitions), max_over_ranks(comm_, all.largest_reward)};
  }
  auto const [transitions, reward] = *extremes_;
  return 2 * (transitions + 4) * 0x1p-53 * (reward + q_.discount * largest);
}

template <dp::GeneratedModel Model>
void GeneratedOperator<Model>::refresh(Array<double> const& values) {
  exchange_->start(Kokkos::View<double*>(values));
  exchange_->finish(Kokkos::View<double*>(values));
}

template <dp::GeneratedModel Model>
template <class Sweep>
Change GeneratedOperator<Model>::exchange_and_sweep(char const* label, Array<double> const& in, Sweep const& sweep) {
  auto const inner_begin = margin_low_ == 0 ? 0 : std::min(found_.below, own_.size());
  auto const inner_end = margin_high_ == 0 ? own_.size() : std::max(inner_begin, own_.size() - found_.above);
  exchange_->start(Kokkos::View<double*>(in));
  auto range = dp::reduce_states(space_, label, inner_begin, inner_end, sweep);
  exchange_->finish(Kokkos::View<double*>(in));
  sweep.join(range, dp::reduce_states(space_, label, 0, inner_begin, sweep));
  sweep.join(range, dp::reduce_states(space_, label, inner_end, own_.size(), sweep));
  return {range.lowest, range.highest};
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) {
  return exchange_and_sweep("bellshard::dp::backup", in, dp::detail::BackupStates<Q>{{}, q_, objective_, margin_low_, in, out, action});
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::backup(Array<double> const& in, Array<double> const& out) {
  return exchange_and_sweep("bellshard::dp::backup_values", in, dp::detail::BackupStates<Q>{{}, q_, objective_, margin_low_, in, out, {}});
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::sweep_in_place(Array<double> const& values, Order order, double relaxation) {
  if (fresh_.size() == 0) fresh_ = Array<double>("bellshard::mdp::fresh", dp::relaxed_block);
  refresh(values);
  dp::Spread range;
  auto const blocks = (own_.size() + dp::relaxed_block - 1) / dp::relaxed_block;
  for (std::int64_t k = 0; k < blocks; ++k) {
    auto const begin = (order == Order::ascending ? k : blocks - 1 - k) * dp::relaxed_block;
    auto const end = std::min(own_.size(), begin + dp::relaxed_block);
    dp::detail::SpreadReduction::widen(range, dp::relax_block(space_, q_, objective_, margin_low_, begin, end, relaxation, values, fresh_));
  }
  return {range.lowest, range.highest};
}

template <dp::GeneratedModel Model>
void GeneratedOperator<Model>::rewards(Array<std::int32_t const> const& action, Array<double> const& out) {
  Kokkos::parallel_for("bellshard::dp::policy_rewards", Kokkos::RangePolicy<Execution>(space_, 0, own_.size()),
                       dp::detail::PolicyRewards<Q>{q_, margin_low_, action, out});
}

template <dp::GeneratedModel Model>
void GeneratedOperator<Model>::expect(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) {
  refresh(in);
  Kokkos::parallel_for("bellshard::dp::policy_expectation", Kokkos::RangePolicy<Execution>(space_, 0, own_.size()),
                       dp::detail::PolicyExpectation<Q>{q_, margin_low_, action, in, out});
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::evaluate(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) {
  return exchange_and_sweep("bellshard::dp::evaluate", in, dp::detail::EvaluateStates<Q>{{}, q_, margin_low_, action, in, out});
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::count_steps(Array<double> const& values, double margin, Array<double> const& in, Array<double> const& out,
                                             Array<std::int32_t> const& action) {
  refresh(values);
  return exchange_and_sweep("bellshard::dp::count_steps", in,
                            dp::detail::CountSteps<Q>{{}, q_, objective_, margin_low_, margin, values, in, out, action});
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::enclosing_change(Array<double> const& values) {
  return exchange_and_sweep("bellshard::dp::enclosing_change", values, dp::detail::EncloseChange<Q>{{}, q_, objective_, margin_low_, values});
}

template <dp::GeneratedModel Model>
Operator::Violations GeneratedOperator<Model>::verify(Array<double> const& lower, Array<double> const& upper) {
  auto const count = [&](Array<double> const& values, double side) {
    refresh(values);
    std::int64_t violations = 0;
    Kokkos::parallel_reduce("bellshard::dp::verify", Kokkos::RangePolicy<Execution>(space_, 0, own_.size()),
                            dp::detail::CountViolations<Q>{q_, objective_, margin_low_, side, values}, violations);
    return violations;
  };
  return {count(lower, -1), count(upper, +1)};
}

}  // namespace bellshard::mdp
