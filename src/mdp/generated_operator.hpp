#pragma once
#include <algorithm>
#include <optional>
#include <utility>

#include "kernels/dp/generated_block.hpp"
#include "kernels/dp/generated_rows.hpp"
#include "kernels/dp/part_sweep.hpp"
#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/dist/window_exchange.hpp"
#include "src/mdp/operator.hpp"
#include "src/runtime/context.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {

/// Exit 4, on all ranks, where a survey of own states says that these are no rows of a model.
void check_survey(MPI_Comm comm, dp::Survey const& found, Block own, std::int64_t states);

/// The Bellman operator of a model by formula: no transition is stored, each sweep makes them anew.
///
/// Values lie in a window of the global axis: the own states, and on either side as many as the widest step of any rank reaches over
/// the border of its block. So models whose steps are short scale to any size; one that jumps anywhere needs the whole axis on
/// each rank. Making one looks at every transition once, to know the window and the rounding.
template <dp::GeneratedModel Model>
class GeneratedOperator final : public Operator {
 public:
  GeneratedOperator(MPI_Comm comm, Partition states, Model model, Objective objective, double discount);

  MPI_Comm comm() const override { return comm_; }
  Partition const& states() const override { return states_; }
  Block own() const override { return own_; }
  std::int64_t local_items() const override { return margin_low_ + own_.size() + margin_high_; }
  std::int64_t own_first() const override { return margin_low_; }
  Objective objective() const override { return block_.objective; }
  double discount() const override { return block_.discount; }
  SweepCost cost() const override {
    auto const size = static_cast<double>(own_.size());
    return {size, static_cast<double>(found_.pairs), static_cast<double>(found_.transitions), 16 * size, 8 * static_cast<double>(exchange_->items_received())};
  }
  double rounding(double largest) const override {
    return 2 * (static_cast<double>(block_.most_transitions) + 4) * 0x1p-53 * (largest_reward_ + block_.discount * largest);
  }

  double off_one() const override { return off_one_; }

  void refresh(Array<double> const& values) override {
    exchange_->start(Kokkos::View<double*>(values));
    exchange_->finish(Kokkos::View<double*>(values));
  }
  Change backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) override {
    return sweep("bellshard::dp::greedy_backup", in, dp::GreedyBackup<Own>{block_, in, out, action});
  }
  Change backup(Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::backup", in, dp::PlainBackup<Own>{block_, in, out});
  }
  Change backup_accurately(Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::accurate_backup", in, dp::AccurateBackup<Own>{block_, in, out});
  }
  Change sweep_in_place(Array<double> const& values, Order order, double relaxation) override;

  Change sweep_part(Array<double> const& values, Array<double> const& copy, Block part, Order order) override {
    auto const direction = order == Order::ascending ? dp::SweepDirection::ascending : dp::SweepDirection::descending;
    return to_change(dp::sweep_part_in_order<dp::VisitedSum>(space_, block_, part.begin, part.end, direction, values, copy));
  }
  Array<std::int32_t> links(std::int64_t block_states) override {
    auto const links = dp::make_links(block_states, own_.size(), margin_low_);
    dp::visit_own("bellshard::dp::mark_links", space_, 0, own_.size(), dp::MarkLinks<Own>{block_, links});
    return links.link;
  }

  void rewards(Array<std::int32_t const> const& action, Array<double> const& out) override {
    dp::visit_own("bellshard::dp::policy_rewards", space_, 0, own_.size(), dp::PolicyBackup<dp::PolicyPart::rewards, Own>{block_, action, out, out});
  }
  void expect(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override {
    sweep("bellshard::dp::policy_expectation", in, dp::PolicyBackup<dp::PolicyPart::expectation, Own>{block_, action, in, out});
  }
  Change evaluate(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::policy_backup", in, dp::PolicyBackup<dp::PolicyPart::both, Own>{block_, action, in, out});
  }
  Change count_steps(Array<double> const& values, double margin, Array<double> const& in, Array<double> const& out,
                     Array<std::int32_t> const& action) override {
    refresh(values);
    return sweep("bellshard::dp::count_steps", in, dp::CountSteps<Own>{block_, values, margin, in, out, action});
  }
  Change enclosing_change(Array<double> const& values) override {
    return sweep("bellshard::dp::enclosing_change", values, dp::EnclosingChange<Own>{block_, values});
  }
  Violations verify(Array<double> const& values, Array<double> const& weight, double low, double high, double most) override {
    if (weight.data()) refresh(weight);
    Array<std::int64_t> const count("bellshard::mdp::violations", 2);
    sweep("bellshard::dp::verify", values, dp::Verify<Own>{block_, {values, weight, low, high}, most, count});
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), count);
    return {host(0), host(1)};
  }

 private:
  using Own = dp::GeneratedBlock<Model>;

  static Change to_change(dp::Range const& range) { return {range.min_val, range.max_val}; }

  /// States that see no margin while its items arrive, then the others.
  template <class State>
  Change sweep(char const* label, Array<double> const& exchanged, State const& state) {
    auto const inner_begin = margin_low_ == 0 ? 0 : std::min(found_.below, own_.size());
    auto const inner_end = margin_high_ == 0 ? own_.size() : std::max(inner_begin, own_.size() - found_.above);
    exchange_->start(Kokkos::View<double*>(exchanged));
    auto range = dp::visit_own(label, space_, inner_begin, inner_end, state);
    exchange_->finish(Kokkos::View<double*>(exchanged));
    for (auto const& border : {Block{0, inner_begin}, Block{inner_end, own_.size()}}) {
      auto const change = dp::visit_own(label, space_, border.begin, border.end, state);
      dp::widen(range, change.min_val, change.max_val);
    }
    return to_change(range);
  }

  MPI_Comm comm_;
  Partition states_;
  Block own_;
  Execution space_;
  Own block_;
  dp::Survey found_;  ///< of the own states
  double largest_reward_ = 0;
  double off_one_ = 0;
  std::int64_t margin_low_ = 0;
  std::int64_t margin_high_ = 0;
  std::optional<WindowExchange> exchange_;
  Array<double> before_;  ///< values before a sweep in place, made at the first one
};

template <dp::GeneratedModel Model>
GeneratedOperator<Model>::GeneratedOperator(MPI_Comm comm, Partition states, Model model, Objective objective, double discount)
    : comm_(comm), states_(std::move(states)), block_{std::move(model)} {
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  own_ = states_.block(rank);
  found_ = dp::survey_states(space_, block_.model, own_.begin, 1, own_.size());
  check_survey(comm, found_, own_, states_.size());

  bool const any = found_.transitions > 0;
  margin_low_ = max_over_ranks(comm, any ? std::max<std::int64_t>(0, own_.begin - found_.lowest) : 0);
  margin_high_ = max_over_ranks(comm, any ? std::max<std::int64_t>(0, found_.highest + 1 - own_.end) : 0);
  largest_reward_ = max_over_ranks(comm, found_.largest_reward);
  off_one_ = max_over_ranks(comm, found_.off_one + static_cast<double>(found_.most) * 0x1p-52);  // the sum itself was rounded
  block_.states = own_.size();
  block_.own_begin = own_.begin;
  block_.own_first = margin_low_;
  block_.most_transitions = max_over_ranks(comm, found_.most);
  block_.objective = objective;
  block_.discount = discount;
  exchange_.emplace(comm, states_, margin_low_, margin_high_, 1);
}

template <dp::GeneratedModel Model>
Change GeneratedOperator<Model>::sweep_in_place(Array<double> const& values, Order order, double relaxation) {
  refresh(values);
  auto const parts = std::clamp<std::int64_t>(own_.size(), 1, space_.concurrency());
  if (parts > 1 && before_.extent(0) == 0) before_ = large_array<Array<double>>("bellshard::mdp::before", local_items());
  auto const direction = order == Order::ascending ? dp::SweepDirection::ascending : dp::SweepDirection::descending;
  return to_change(dp::relax_parts(space_, block_, parts, direction, relaxation, values, before_));
}

}  // namespace bellshard::mdp
