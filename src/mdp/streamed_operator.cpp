#include "src/mdp/streamed_operator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "kernels/dp/sparse_in_place.hpp"
#include "kernels/dp/sparse_proof.hpp"
#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/streamed_policy.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {
namespace {

/// What one look at all rows tells.
struct Survey {
  std::vector<std::int64_t> foreign;
  RowExtremes extremes;
  RowCounts rows;
  RowCounts policy;         ///< the most of any policy
  double largest_part = 0;  ///< bytes while it is read and packed
};

Survey survey(RowStream const& stream) {
  Survey found;
  ForeignStates foreign(stream.own);
  Rows rows;
  for (auto const& part : stream.parts) {
    stream.read(part.states, RowStream::Look::first, rows);
    drop_impossible(rows);
    foreign.add(rows);
    widen(found.extremes, rows);
    for (std::int64_t s = 0; s < rows.own.size(); ++s) {
      std::int64_t most = 0;
      for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
        most = std::max(most, rows.transition_offset[pair + 1] - rows.transition_offset[pair]);
      }
      found.policy.transitions += most;
    }
    found.rows.pairs += rows.pairs();
    found.rows.transitions += rows.transitions();
    found.largest_part = std::max(found.largest_part, loading_bytes(part.counts, stream.interval));
  }
  found.rows.states = found.policy.states = found.policy.pairs = stream.own.size();
  found.foreign = std::move(foreign).take();
  return found;
}

template <class Probabilities>
class StreamedOperator final : public Operator {
 public:
  using Model = dp::SparseModel<dp::IndexedColumns, Probabilities>;
  using Part = PackedPart<Model>;

  /// blank: objective, discount, nature.
  StreamedOperator(MPI_Comm comm, Partition states, RowStream stream, Survey found, Model blank, double memory)
      : comm_(comm), states_(std::move(states)), own_(stream.own), exchange_(comm, states_, std::move(found.foreign), {}, ForeignPlace::around),
        rows_(found.rows), extremes_(extremes_over_ranks(comm, found.extremes)), parts_(std::move(stream), exchange_, blank) {
    model_ = blank;
    model_.own_first = exchange_.own_first();
    double left = memory - found.largest_part;
    double const policy = policy_bytes(found.policy, !linear());
    if (policy <= left) {
      policy_.emplace(found.policy, model_);
      left -= policy;
    }
    if (!linear()) extremes_.transitions = 2 * extremes_.transitions + 4;  // the rest of 1 that nature hands out is rounded too
    together(comm_.get(), [&] {
      BELLSHARD_INPUT(local_items() <= std::numeric_limits<std::int32_t>::max(),
                      "one rank holds {} states, its own and those it leads to (a stored model indexes them with 32 bits); use more ranks", local_items());
      parts_.keep(left);
    });
  }

  MPI_Comm comm() const override { return comm_.get(); }
  Partition const& states() const override { return states_; }
  Block own() const override { return own_; }
  std::int64_t local_items() const override { return exchange_.local_items(); }
  std::int64_t own_first() const override { return exchange_.own_first(); }
  Objective objective() const override { return model_.objective; }
  double discount() const override { return model_.discount; }
  SweepCost cost() const override {
    return {static_cast<double>(rows_.states), static_cast<double>(rows_.pairs), static_cast<double>(rows_.transitions),
            packed_bytes(rows_, !linear()) + 16.0 * static_cast<double>(rows_.states), 8.0 * static_cast<double>(exchange_.items_received()),
            !policy_};
  }
  bool linear() const override { return !std::is_same_v<Probabilities, dp::IntervalProbabilities>; }
  double rounding(double largest) const override {
    return 2 * (extremes_.transitions + 4) * 0x1p-53 * (extremes_.reward + model_.discount * largest);
  }
  double off_one() const override { return extremes_.off_one; }
  std::string storage() const override {
    return fmt::format("{} of {} parts of the rows in memory, the others read from the file in each sweep; sweeps of a policy {}", parts_.kept(),
                       parts_.count(), policy_ ? "from memory" : "read them too");
  }

  void refresh(Array<double> const& values) override { exchange_.refresh(values); }

  Change backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) override {
    exchange_.refresh(in);
    if (policy_) policy_->begin();
    auto const change = over_parts([&](Part const& part) {
      auto const range = visit("bellshard::dp::greedy_backup", part, dp::GreedyBackup<Model>{part.model, in, out, part.of(action)});
      if (policy_) policy_->take(part, action);
      return range;
    });
    if (policy_) policy_->finish(action);
    return change;
  }
  Change backup(Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::backup", in, [&](Part const& part) { return dp::PlainBackup<Model>{part.model, in, out}; });
  }
  Change backup_accurately(Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::accurate_backup", in, [&](Part const& part) { return dp::AccurateBackup<Model>{part.model, in, out}; });
  }
  Change sweep_in_place(Array<double> const& values, Order order, double relaxation) override;
  Change sweep_part(Array<double> const&, Array<double> const&, Block, Order) override { no_parts(); }
  Array<std::int32_t> links(std::int64_t) override { no_parts(); }

  void rewards(Array<std::int32_t const> const& action, Array<double> const& out) override {
    policy<dp::PolicyPart::rewards>("bellshard::dp::policy_rewards", action, out, out);
  }
  void expect(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override {
    policy<dp::PolicyPart::expectation>("bellshard::dp::policy_expectation", action, in, out);
  }
  Change evaluate(Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) override {
    return policy<dp::PolicyPart::both>("bellshard::dp::policy_backup", action, in, out);
  }

  Change count_steps(Array<double> const& values, double margin, Array<double> const& in, Array<double> const& out,
                     Array<std::int32_t> const& action) override {
    exchange_.refresh(values);
    return sweep("bellshard::dp::count_steps", in,
                 [&](Part const& part) { return dp::CountSteps<Model>{part.model, values, margin, in, out, part.of(action)}; });
  }
  Change enclosing_change(Array<double> const& values) override {
    return sweep("bellshard::dp::enclosing_change", values, [&](Part const& part) { return dp::EnclosingChange<Model>{part.model, values}; });
  }
  Violations verify(Array<double> const& values, Array<double> const& weight, double low, double high, double most) override {
    if (weight.data()) exchange_.refresh(weight);
    Array<std::int64_t> const count("bellshard::mdp::violations", 2);
    sweep("bellshard::dp::verify", values,
          [&](Part const& part) { return dp::Verify<Model>{part.model, {values, weight, low, high}, most, count}; });
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), count);
    return {host(0), host(1)};
  }

 private:
  [[noreturn]] static void no_parts() { fail(ExitCode::bug, "method prioritised on rows that stay in the file"); }

  using PartOrder = typename StreamedParts<Model>::Order;
  static constexpr std::int64_t blocks_at_once = 32;

  template <class State>
  static dp::Range visit(char const* label, Part const& part, State const& state) {
    return dp::visit_states(label, Execution(), part.chunks, state);
  }

  /// The range over what work(part) gives for all parts. Ranks that cannot read theirs end the sweep on all.
  template <class Work>
  Change over_parts(Work const& work, PartOrder order = PartOrder::ascending) {
    dp::Range range = dp::no_range();
    together(comm_.get(), [&] {
      parts_.visit(order, [&](Part const& part) {
        dp::Range const more = work(part);
        dp::widen(range, more.min_val, more.max_val);
      });
    });
    return {range.min_val, range.max_val};
  }

  template <class StateOf>
  Change sweep(char const* label, Array<double> const& exchanged, StateOf const& state_of) {
    exchange_.refresh(exchanged);
    return over_parts([&](Part const& part) { return visit(label, part, state_of(part)); });
  }

  /// From the kept rows of the policy where they fit, after a look at all rows where the policy is another one than before.
  template <dp::PolicyPart asked>
  Change policy(char const* label, Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) {
    if constexpr (asked != dp::PolicyPart::rewards) exchange_.refresh(in);
    if (!policy_) {
      return over_parts([&](Part const& part) { return visit(label, part, dp::PolicyBackup<asked, Model>{part.model, part.of(action), in, out}); });
    }
    dp::Range range = dp::no_range();
    together(comm_.get(), [&] {
      if (!policy_->is(action)) {
        policy_->begin();
        parts_.visit(PartOrder::ascending, [&](Part const& part) { policy_->take(part, action); });
        policy_->finish(action);
      }
      range = dp::visit_states(label, Execution(), policy_->chunks(),
                               dp::PolicyBackup<asked, Model>{policy_->model(), policy_->first_action(), in, out});
    });
    return {range.min_val, range.max_val};
  }

  Communicator comm_;
  Partition states_;
  Block own_;
  GhostExchange exchange_;
  RowCounts rows_;
  RowExtremes extremes_;
  StreamedParts<Model> parts_;
  Model model_;  ///< without rows
  std::optional<KeptPolicy<Model>> policy_;  ///< where it fits
  Array<double> before_;
};

template <class Probabilities>
Change StreamedOperator<Probabilities>::sweep_in_place(Array<double> const& values, Order order, double relaxation) {
  exchange_.refresh(values);
  bool const up = order == Order::ascending;
  auto const direction = up ? dp::SweepDirection::ascending : dp::SweepDirection::descending;
  Execution const space;
  bool const one_thread = runs_on_host && space.concurrency() == 1;
  if (!one_thread && before_.extent(0) == 0) before_ = large_array<Array<double>>("bellshard::mdp::before", static_cast<std::size_t>(local_items()));
  return over_parts(
      [&](Part const& part) {
        if constexpr (runs_on_host) {
          if (one_thread) return dp::sweep_blocks_in_order(space, part.model, {}, 1, direction, relaxation, values, before_);
        }
        return dp::sweep_blocks_at_once(space, part.model, part.chunks, blocks_at_once, direction, relaxation, values, before_);
      },
      up ? PartOrder::ascending : PartOrder::descending);
}

template <class Probabilities>
std::unique_ptr<Operator> make(MPI_Comm comm, Partition const& states, RowStream stream, Objective objective, double discount, double memory,
                               Probabilities probabilities) {
  dp::SparseModel<dp::IndexedColumns, Probabilities> blank;
  blank.objective = objective;
  blank.discount = discount;
  blank.probabilities = std::move(probabilities);
  Survey found;
  together(comm, [&] { found = survey(stream); });
  return std::make_unique<StreamedOperator<Probabilities>>(comm, states, std::move(stream), std::move(found), std::move(blank), memory);
}

}  // namespace

double part_bytes(double memory) { return std::min(16.0 * (1 << 20), memory / 4); }

std::unique_ptr<Operator> make_streamed_operator(MPI_Comm comm, Partition const& states, RowStream stream, Objective objective, double discount,
                                                 double memory, Nature nature) {
  if (!stream.interval) return make(comm, states, std::move(stream), objective, discount, memory, dp::PlainProbabilities{});
  dp::IntervalProbabilities intervals;
  auto const against = objective == Objective::max ? Objective::min : Objective::max;
  intervals.nature = nature == Nature::cooperative ? objective : against;
  return make(comm, states, std::move(stream), objective, discount, memory, std::move(intervals));
}

}  // namespace bellshard::mdp
