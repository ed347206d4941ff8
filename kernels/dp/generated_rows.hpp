#pragma once
#include <cstdint>
#include <limits>

#include "kernels/dp/generated_model.hpp"
#include "kernels/execution.hpp"

namespace bellshard::dp {

/// What a look at some states of a generated model finds.
struct Survey {
  std::int64_t pairs = 0;
  std::int64_t transitions = 0;
  std::int64_t below = 0;  ///< largest state - next_state, at least 0
  std::int64_t above = 0;  ///< largest next_state - state, at least 0
  std::int64_t lowest = std::numeric_limits<std::int64_t>::max();   ///< next state
  std::int64_t highest = std::numeric_limits<std::int64_t>::min();  ///< next state
  double most_transitions = 0;  ///< of one pair
  double largest_reward = 0;    ///< magnitude
};

namespace detail {

template <GeneratedModel Model>
struct SurveyStates {
  using value_type = Survey;
  Model model;
  std::int64_t first;
  std::int64_t stride;

  KOKKOS_FUNCTION void operator()(std::int64_t i, Survey& found) const {
    std::int64_t const state = first + i * stride;
    int const actions = model.actions(state);
    found.pairs += actions;
    for (int action = 0; action < actions; ++action) {
      double const reward = model.reward(state, action);
      std::int64_t const before = found.transitions;
      model.transitions(state, action, [&](std::int64_t next, double probability) {
        if (probability == 0) return;
        ++found.transitions;
        found.below = state - next > found.below ? state - next : found.below;
        found.above = next - state > found.above ? next - state : found.above;
        found.lowest = next < found.lowest ? next : found.lowest;
        found.highest = next > found.highest ? next : found.highest;
      });
      auto const transitions = static_cast<double>(found.transitions - before);
      found.most_transitions = transitions > found.most_transitions ? transitions : found.most_transitions;
      double const magnitude = reward < 0 ? -reward : reward;
      found.largest_reward = magnitude > found.largest_reward ? magnitude : found.largest_reward;
    }
  }
  KOKKOS_FUNCTION void init(Survey& found) const { found = Survey{}; }
  template <class Into, class From>
  KOKKOS_FUNCTION static void add(Into& into, From const& from) {
    into.pairs = into.pairs + from.pairs;
    into.transitions = into.transitions + from.transitions;
    into.below = from.below > into.below ? from.below : into.below;
    into.above = from.above > into.above ? from.above : into.above;
    into.lowest = from.lowest < into.lowest ? from.lowest : into.lowest;
    into.highest = from.highest > into.highest ? from.highest : into.highest;
    into.most_transitions = from.most_transitions > into.most_transitions ? from.most_transitions : into.most_transitions;
    into.largest_reward = from.largest_reward > into.largest_reward ? from.largest_reward : into.largest_reward;
  }
  KOKKOS_FUNCTION void join(Survey& into, Survey const& from) const { add(into, from); }
  KOKKOS_FUNCTION void join(volatile Survey& into, volatile Survey const& from) const { add(into, from); }  // Kokkos before 4
};

/// Pairs and transitions of each state of a block.
template <GeneratedModel Model>
struct CountRows {
  Model model;
  std::int64_t first;
  Array<std::int64_t> actions;      ///< [state of the block]
  Array<std::int64_t> transitions;  ///< [state of the block]

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    int const count = model.actions(first + i);
    std::int64_t visited = 0;
    for (int action = 0; action < count; ++action) {
      model.transitions(first + i, action, [&](std::int64_t, double probability) { visited += probability != 0; });
    }
    actions(i) = count;
    transitions(i) = visited;
  }
};

}  // namespace detail

/// Looks at the states first, first + stride, ..., `count` of them. Transitions of probability 0 do not count.
template <GeneratedModel Model>
Survey survey_states(Execution const& space, Model const& model, std::int64_t first, std::int64_t stride, std::int64_t count) {
  Survey found;
  if (count <= 0) return found;
  Kokkos::parallel_reduce("bellshard::dp::survey_states", Kokkos::RangePolicy<Execution>(space, 0, count),
                          detail::SurveyStates<Model>{model, first, stride}, found);
  return found;
}

template <GeneratedModel Model>
void count_rows(Execution const& space, Model const& model, std::int64_t first, Array<std::int64_t> const& actions,
                Array<std::int64_t> const& transitions) {
  Kokkos::parallel_for("bellshard::dp::count_rows", Kokkos::RangePolicy<Execution>(space, 0, actions.extent(0)),
                       detail::CountRows<Model>{model, first, actions, transitions});
}

/// Writes the rows of a block of states, the transitions in the order of their visits.
template <GeneratedModel Model>
struct FillRows {
  Model model;
  std::int64_t first;
  Array<std::int64_t const> pair_begin;        ///< [state of the block]
  Array<std::int64_t const> transition_begin;  ///< [state of the block]
  Array<std::int64_t> transitions;             ///< [pair]
  Array<double> reward;                        ///< [pair]
  Array<std::int64_t> next_state;              ///< [transition]
  Array<double> probability;                   ///< [transition]

  KOKKOS_FUNCTION void operator()(std::int64_t i) const {
    std::int64_t pair = pair_begin(i), place = transition_begin(i);
    int const count = model.actions(first + i);
    for (int action = 0; action < count; ++action, ++pair) {
      std::int64_t const before = place;
      model.transitions(first + i, action, [&](std::int64_t next, double p) {
        if (p == 0) return;
        next_state(place) = next;
        probability(place) = p;
        ++place;
      });
      transitions(pair) = place - before;
      reward(pair) = model.reward(first + i, action);
    }
  }
};

template <GeneratedModel Model>
void fill_rows(Execution const& space, FillRows<Model> const& rows) {
  Kokkos::parallel_for("bellshard::dp::fill_rows", Kokkos::RangePolicy<Execution>(space, 0, rows.pair_begin.extent(0)), rows);
}

}  // namespace bellshard::dp
