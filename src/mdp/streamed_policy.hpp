#pragma once
#include <type_traits>

#include "kernels/dp/chosen_rows.hpp"
#include "src/mdp/streamed_parts.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {

/// Bytes that the rows of any policy need, whose pairs have at most `counts.transitions` in all.
inline double policy_bytes(RowCounts const& counts, bool interval) { return packed_bytes(counts, interval) + 16.0 * static_cast<double>(counts.states); }

/// The rows of the policy at hand in memory, taken part by part from those of all actions.
template <class Model>
class KeptPolicy {
 public:
  /// Room for a policy of at most `most` pairs and transitions, made when the first one is taken.
  KeptPolicy(RowCounts most, Model model) : most_(most), model_(std::move(model)) {}

  bool is(Array<std::int32_t const> const& action) const { return known_ && dp::same_policy(Execution(), action_, action); }

  void begin() {
    if (rows_.transition_begin.extent(0) == 0) make_room();
    known_ = false;
    transitions_ = 0;
  }
  void take(PackedPart<Model> const& part, Array<std::int32_t const> const& action) {
    transitions_ = dp::copy_chosen(Execution(), part.model, part.of(action), part.place.begin, transitions_, rows_);
  }
  void finish(Array<std::int32_t const> const& action) {
    Kokkos::deep_copy(action_, action);
    known_ = true;
  }

  Model const& model() const { return model_; }
  dp::ChunkList const& chunks() const { return chunks_; }
  Array<std::int32_t const> first_action() const { return first_action_; }  ///< 0 everywhere: the only action of model()

 private:
  void make_room() {
    auto const states = static_cast<std::size_t>(most_.states), transitions = static_cast<std::size_t>(most_.transitions);
    rows_.transition_begin = large_array<Array<std::int64_t>>("bellshard::mdp::policy_begin", states + 1);
    rows_.pair_end = large_array<Array<std::uint32_t>>("bellshard::mdp::policy_end", states);
    rows_.reward = large_array<Array<double>>("bellshard::mdp::policy_reward", states);
    rows_.column = large_array<Array<std::int32_t>>("bellshard::mdp::policy_column", transitions);
    rows_.probability = large_array<Array<double>>("bellshard::mdp::policy_probability", transitions);
    first_action_ = large_array<Array<std::int32_t>>("bellshard::mdp::first_action", states);
    action_ = large_array<Array<std::int32_t>>("bellshard::mdp::policy", states);
    chunks_ = all_chunks(most_);
    model_.states = most_.states;
    auto const pair_begin = large_array<Array<std::int64_t>>("bellshard::mdp::policy_pair", states + 1);
    dp::count_up(Execution(), pair_begin);
    model_.pair_begin = pair_begin;
    model_.transition_begin = rows_.transition_begin;
    model_.pair_end = rows_.pair_end;
    model_.reward = rows_.reward;
    model_.columns.column = rows_.column;
    if constexpr (std::is_same_v<typename Model::Probabilities, dp::IntervalProbabilities>) {
      rows_.upper = large_array<Array<double>>("bellshard::mdp::policy_probability_upper", transitions);
      model_.probabilities.lower = rows_.probability;
      model_.probabilities.upper = rows_.upper;
      chunks_.long_rows = false;
    } else {
      model_.probabilities.probability = rows_.probability;
    }
  }

  RowCounts most_;
  Model model_;
  dp::ChosenRows rows_;
  dp::ChunkList chunks_;
  Array<std::int32_t> action_;        ///< whose rows these are
  Array<std::int32_t> first_action_;
  std::int64_t transitions_ = 0;
  bool known_ = false;
};

}  // namespace bellshard::mdp
