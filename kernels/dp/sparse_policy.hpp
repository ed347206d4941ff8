#pragma once
#include <type_traits>
#include <utility>

#include "kernels/dp/sparse_sweep.hpp"

namespace bellshard::dp {

// What a storage keeps by transition, or by pair.
inline auto& items(IndexedColumns& columns) { return columns.column; }
inline auto& items(NearColumns& columns) { return columns.distance; }
inline auto& items(RunColumns& columns) { return columns.begin; }
inline auto& items(PlainProbabilities& probabilities) { return probabilities.probability; }
inline auto& items(SingleProbabilities& probabilities) { return probabilities.probability; }
inline auto& items(TabledProbabilities& probabilities) { return probabilities.code; }
template <class Storage>
using ItemsOf = Array<typename std::remove_reference_t<decltype(items(std::declval<Storage&>()))>::non_const_value_type>;

/// The rows of one policy of a sparse model, laid together: a sweep of the policy then reads what it needs and nothing beside it.
/// The sums, and so the bits, are those of the whole model.
template <class ColumnsType, class ProbabilitiesType>
struct PolicyRows {
  using Columns = ColumnsType;
  using Probabilities = ProbabilitiesType;
  using Pair = typename SparseModel<Columns, Probabilities>::Pair;

  std::int64_t own_first = 0;
  double discount = 1;
  Array<std::int64_t> transition_begin;  ///< [own state + 1]
  Array<double> reward;                  ///< [own state]
  Columns columns;                       ///< with items in column_items
  Probabilities probabilities;           ///< with items in probability_items
  ItemsOf<Columns> column_items;
  ItemsOf<Probabilities> probability_items;

  KOKKOS_INLINE_FUNCTION Pair pair(std::int64_t s) const {
    std::int64_t const first = transition_begin(s);
    return {s, first, static_cast<std::uint32_t>(transition_begin(s + 1) - first), columns.row(own_first + s, s, first), probabilities.row(first)};
  }
};

/// Nature answers each value anew: no policy of an interval model has rows of its own.
template <class Columns>
struct PolicyRows<Columns, IntervalProbabilities> {};

/// PolicyBackup of the policy that the rows were laid together for.
template <PolicyPart part, class Rows>
struct PolicyRowsBackup {
  Rows model;
  Array<double const> in;
  Array<double> out;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    std::int64_t const i = model.own_first + s;
    if constexpr (part == PolicyPart::rewards) {
      out(i) = model.reward(s);
    } else {
      double const* const value = in.data();
      auto const pair = model.pair(s);
      double const v = part == PolicyPart::both ? action_value(sum, model, pair, value) : model.discount * sum(pair, value);
      out(i) = v;
      double const change = change_of(v, value[i]);
      widen(range, change, change);
    }
  }
};

/// A View of at least `size` items; what it held is lost where it grows.
template <class View>
void make_room(View& view, std::int64_t size) {
  if (view.extent(0) >= static_cast<std::size_t>(size)) return;
  view = {};  // first, so that there are never two
  view = View(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dp::policy_rows"), static_cast<std::size_t>(size + size / 16));
}

/// Lays the rows of the policy `action` [own state] of a SparseModel together.
template <class Model>
void lay_together(Execution const& space, Model model, Array<std::int32_t const> const& action,
                  PolicyRows<typename Model::Columns, typename Model::Probabilities>& rows) {
  rows.own_first = model.own_first;
  rows.discount = model.discount;
  make_room(rows.transition_begin, model.states + 1);
  make_room(rows.reward, model.states);
  auto const begin = rows.transition_begin;
  auto const reward = rows.reward;
  std::int64_t transitions = 0;
  Kokkos::parallel_scan(
      "bellshard::dp::policy_row_begins", Kokkos::RangePolicy<Execution>(space, 0, model.states),
      KOKKOS_LAMBDA(std::int64_t s, std::int64_t& sum, bool final) {
        auto const pair = model.pair_of_action(s, action(s));
        if (final) {
          if (s == 0) begin(0) = 0;
          begin(s + 1) = sum + pair.transitions;
          reward(s) = model.reward(pair.index);
        }
        sum += pair.transitions;
      },
      transitions);

  constexpr bool column_a_pair = std::is_same_v<typename Model::Columns, RunColumns>;
  make_room(rows.column_items, column_a_pair ? model.states : transitions);
  make_room(rows.probability_items, transitions);
  auto const column_to = rows.column_items;
  auto const probability_to = rows.probability_items;
  auto const column_from = items(model.columns);
  auto const probability_from = items(model.probabilities);
  Kokkos::parallel_for(
      "bellshard::dp::lay_policy_together", Kokkos::RangePolicy<Execution>(space, 0, model.states), KOKKOS_LAMBDA(std::int64_t s) {
        auto const pair = model.pair_of_action(s, action(s));
        std::int64_t const to = begin(s);
        for (std::int64_t k = 0; k < pair.transitions; ++k) {
          probability_to(to + k) = probability_from(pair.first + k);
          if (!column_a_pair) column_to(to + k) = column_from(pair.first + k);
        }
        if (column_a_pair) column_to(s) = column_from(pair.index);
      });

  rows.columns = model.columns;
  rows.probabilities = model.probabilities;
  items(rows.columns) = rows.column_items;
  items(rows.probabilities) = rows.probability_items;
}

}  // namespace bellshard::dp
