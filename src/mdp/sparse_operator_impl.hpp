#pragma once
// SparseOperator over any storage; each storage is compiled in its own sparse_operator_*.cpp, for the sake of the build's time.
#include <type_traits>
#include <utility>

#include "kernels/dp/part_sweep.hpp"
#include "kernels/dp/sparse_policy.hpp"
#include "kernels/dp/sparse_proof.hpp"
#include "src/mdp/sparse_operator.hpp"
#include "src/mdp/sparse_pack.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {

/// What every storage shares of a packed model.
struct SparseParts {
  MPI_Comm comm;
  Partition states;
  GhostExchange exchange;
  Chunks chunks;
  PackedPairs pairs;
  Objective objective;
  double discount;
  std::int64_t transitions;
  RowExtremes extremes;
  Nature nature = Nature::adversarial;
  Array<std::int32_t const> visit = {};  ///< [own state] order of sweeps in place; empty: by number
};

template <class Columns, class Probabilities>
class SparseOperator final : public Operator {
 public:
  using Model = dp::SparseModel<Columns, Probabilities>;
  using PolicyRows = dp::PolicyRows<Columns, Probabilities>;

  SparseOperator(SparseParts parts, Columns columns, Probabilities probabilities)
      : comm_(parts.comm),
        states_(std::move(parts.states)),
        exchange_(std::move(parts.exchange)),
        chunks_(std::move(parts.chunks)),
        transitions_(parts.transitions),
        extremes_(parts.extremes),
        visit_(std::move(parts.visit)) {
    auto& m = model_;
    m.states = exchange_.own_items();
    m.own_first = exchange_.own_first();
    m.objective = parts.objective;
    m.discount = parts.discount;
    m.pair_begin = parts.pairs.pair_begin;
    m.transition_begin = parts.pairs.transition_begin;
    m.pair_end = parts.pairs.pair_end;
    m.reward = parts.pairs.reward;
    m.columns = std::move(columns);
    m.probabilities = std::move(probabilities);
    MPI_Comm_rank(comm_.get(), &rank_);
  }

  MPI_Comm comm() const override { return comm_.get(); }
  Partition const& states() const override { return states_; }
  Block own() const override { return states_.block(rank_); }
  std::int64_t local_items() const override { return exchange_.local_items(); }
  std::int64_t own_first() const override { return exchange_.own_first(); }
  Objective objective() const override { return model_.objective; }
  double discount() const override { return model_.discount; }
  SweepCost cost() const override {
    double const pairs = static_cast<double>(model_.reward.extent(0)), states = static_cast<double>(model_.states);
    double const transitions = static_cast<double>(transitions_);
    constexpr double a_pair = 12 + Columns::bytes_a_pair;  // its end and reward
    constexpr double a_state = 16 + 16;                    // two offsets; the value read and written
    double const bytes = transitions * (Columns::bytes_a_transition + Probabilities::bytes_a_transition) + pairs * a_pair + states * a_state;
    return {states, pairs, transitions, bytes, 8.0 * static_cast<double>(exchange_.items_received())};
  }

  bool linear() const override { return linear_rows; }
  double rounding(double largest) const override {
    return 2 * (extremes_.transitions + 4) * 0x1p-53 * (extremes_.reward + model_.discount * largest);
  }

  double off_one() const override { return extremes_.off_one; }

  std::string storage() const override {
    return storage_text(Columns::name, Probabilities::name, Columns::bytes_a_transition + Probabilities::bytes_a_transition);
  }

  void refresh(Array<double> const& values) override { exchange_.refresh(values); }

  Change backup(Array<double> const& in, Array<double> const& out, Array<std::int32_t> const& action) override {
    return sweep("bellshard::dp::greedy_backup", in, dp::GreedyBackup<Model>{model_, in, out, action});
  }
  Change backup(Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::backup", in, dp::PlainBackup<Model>{model_, in, out});
  }

  Change backup_accurately(Array<double> const& in, Array<double> const& out) override {
    return sweep("bellshard::dp::accurate_backup", in, dp::AccurateBackup<Model>{model_, in, out});
  }
  Change sweep_in_place(Array<double> const& values, Order order, double relaxation) override {
    exchange_.refresh(values);
    auto const direction = order == Order::ascending ? dp::SweepDirection::ascending : dp::SweepDirection::descending;
    Execution const space;
    std::int64_t const blocks = runs_on_host ? space.concurrency() : device_blocks;
    if (blocks > 1 && before_.extent(0) == 0) before_ = large_array<Array<double>>("bellshard::mdp::before", local_items());
    if constexpr (runs_on_host) {
      return to_change(dp::sweep_blocks_in_order(space, model_, visit_, blocks, direction, relaxation, values, before_));
    } else {
      return to_change(dp::sweep_blocks_at_once(space, model_, chunks_.all, blocks, direction, relaxation, values, before_));
    }
  }

  void hold_policy(Array<std::int32_t const> const& action) override {
    if constexpr (linear_rows) {
      held_ = static_cast<std::int64_t>(model_.reward.extent(0)) > model_.states;  // with one action a state they are together
      if (held_) dp::lay_together(Execution(), model_, action, policy_rows_);
    }
  }
  void release_policy() override { held_ = false; }

  Change sweep_part(Array<double> const& values, Array<double> const& copy, Block part, Order order) override {
    static_assert(part_step % dp::chunk_states == 0);
    auto const direction = order == Order::ascending ? dp::SweepDirection::ascending : dp::SweepDirection::descending;
    if constexpr (runs_on_host) {
      return to_change(dp::sweep_part_in_order<dp::ThreadSum<Model>>(Execution(), model_, part.begin, part.end, direction, values, copy));
    } else {
      return to_change(dp::sweep_part_at_once(Execution(), model_, chunks_.all, part.begin, part.end, values, copy));
    }
  }
  Array<std::int32_t> links(std::int64_t block_states) override {
    auto const links = dp::make_links(block_states, model_.states, model_.own_first);
    dp::visit_states("bellshard::dp::mark_links", Execution(), chunks_.all, dp::MarkLinks<Model>{model_, links});
    return links.link;
  }

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
    return sweep("bellshard::dp::count_steps", in, dp::CountSteps<Model>{model_, values, margin, in, out, action});
  }

  Change enclosing_change(Array<double> const& values) override {
    return sweep("bellshard::dp::enclosing_change", values, dp::EnclosingChange<Model>{model_, values});
  }

  Violations verify(Array<double> const& values, Array<double> const& weight, double low, double high, double most) override {
    if (weight.data()) exchange_.refresh(weight);
    Array<std::int64_t> const count("bellshard::mdp::violations", 2);
    sweep("bellshard::dp::verify", values, dp::Verify<Model>{model_, {values, weight, low, high}, most, count});
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), count);
    return {host(0), host(1)};
  }

 private:
  static constexpr std::int64_t device_blocks = 32;
  static constexpr bool linear_rows = !std::is_same_v<Probabilities, dp::IntervalProbabilities>;

  static Change to_change(dp::Range const& range) { return {range.min_val, range.max_val}; }

  /// Interior states while the items of other ranks arrive, then the border.
  template <class State>
  Change sweep(char const* label, Array<double> const& exchanged, State const& state) {
    Execution const space;
    exchange_.start(exchanged);
    dp::Range range = dp::visit_states(label, space, chunks_.interior, state);
    exchange_.finish(exchanged);
    dp::Range const border = dp::visit_states(label, space, chunks_.border, state);
    dp::widen(range, border.min_val, border.max_val);
    return to_change(range);
  }

  template <dp::PolicyPart part>
  Change policy(char const* label, Array<std::int32_t const> const& action, Array<double> const& in, Array<double> const& out) {
    if constexpr (linear_rows) {
      if (held_) return sweep_policy<part>(label, in, dp::PolicyRowsBackup<part, PolicyRows>{policy_rows_, in, out});
    }
    return sweep_policy<part>(label, in, dp::PolicyBackup<part, Model>{model_, action, in, out});
  }
  template <dp::PolicyPart part, class State>
  Change sweep_policy(char const* label, Array<double> const& in, State const& state) {
    if constexpr (part != dp::PolicyPart::rewards) {
      return sweep(label, in, state);
    } else {
      return to_change(dp::visit_states(label, Execution(), chunks_.all, state));
    }
  }

  Communicator comm_;
  Partition states_;
  GhostExchange exchange_;
  Chunks chunks_;
  std::int64_t transitions_;
  RowExtremes extremes_;
  Model model_;
  PolicyRows policy_rows_;  ///< kept for their memory
  bool held_ = false;       ///< they are those of the policy in force
  Array<std::int32_t const> visit_;  ///< as in SparseParts
  Array<double> before_;
  int rank_ = 0;
};

/// Packs the transitions of localised rows in one storage, instantiated in sparse_operator_*.cpp.
template <class Columns, class Probabilities>
std::unique_ptr<Operator> make_operator(SparseParts parts, Rows localised) {
  auto columns = pack_columns<Columns>(localised, parts.exchange);
  localised.next_state = {};
  auto probabilities = pack_probabilities<Probabilities>(localised);
  if constexpr (std::is_same_v<Probabilities, dp::IntervalProbabilities>) {
    auto const against = parts.objective == Objective::max ? Objective::min : Objective::max;
    probabilities.nature = parts.nature == Nature::cooperative ? parts.objective : against;
    // One thread sums over a pair; the rest of 1 that nature hands out is rounded too.
    for (auto* chunks : {&parts.chunks.all, &parts.chunks.interior, &parts.chunks.border}) chunks->long_rows = false;
    parts.extremes.transitions = 2 * parts.extremes.transitions + 4;
  }
  return std::make_unique<SparseOperator<Columns, Probabilities>>(std::move(parts), std::move(columns), std::move(probabilities));
}

}  // namespace bellshard::mdp
