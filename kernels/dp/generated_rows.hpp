#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/dp/generated_model.hpp"
#include "kernels/execution.hpp"

namespace bellshard::dp {

/// What a look at the states of a block finds. Transitions of probability 0 do not count.
struct Survey {
  std::int64_t pairs = 0;
  std::int64_t transitions = 0;
  std::int64_t most = 0;    ///< transitions of a pair
  std::int64_t below = 0;   ///< largest state - next_state, at least 0
  std::int64_t above = 0;   ///< largest next_state - state, at least 0
  std::int64_t lowest = INT64_MAX;   ///< next state
  std::int64_t highest = INT64_MIN;  ///< next state
  std::int64_t idle = INT64_MAX;     ///< first state without an action
  double largest_reward = 0;  ///< |reward|; infinity where one is not a number
  double off_one = 0;         ///< largest |sum of the probabilities of a pair - 1|; infinity where one lies outside [0, 1]
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
    if (actions < 1) found.idle = state < found.idle ? state : found.idle;
    for (int action = 0; action < actions; ++action) look_at_pair(state, action, found);
  }

  KOKKOS_FUNCTION void look_at_pair(std::int64_t state, int action, Survey& found) const {
    double const infinity = HUGE_VAL;
    std::int64_t count = 0;
    double sum = 0;
    bool proper = true;
    model.transitions(state, action, [&](std::int64_t next, double probability) {
      if (probability == 0) return;
      ++count;
      sum += probability;
      proper = proper && probability > 0;
      found.below = state - next > found.below ? state - next : found.below;
      found.above = next - state > found.above ? next - state : found.above;
      found.lowest = next < found.lowest ? next : found.lowest;
      found.highest = next > found.highest ? next : found.highest;
    });
    found.transitions += count;
    found.most = count > found.most ? count : found.most;
    double const off = fabs(sum - 1), reward = fabs(model.reward(state, action));
    if (!proper || !(off <= found.off_one)) found.off_one = proper && off == off ? off : infinity;
    if (!(reward <= found.largest_reward)) found.largest_reward = reward == reward ? reward : infinity;
  }

  KOKKOS_FUNCTION void init(Survey& found) const { found = Survey{}; }
  template <class Into, class From>
  KOKKOS_FUNCTION static void add(Into& into, From const& from) {
    into.pairs = into.pairs + from.pairs;
    into.transitions = into.transitions + from.transitions;
    into.most = from.most > into.most ? from.most : into.most;
    into.below = from.below > into.below ? from.below : into.below;
    into.above = from.above > into.above ? from.above : into.above;
    into.lowest = from.lowest < into.lowest ? from.lowest : into.lowest;
    into.highest = from.highest > into.highest ? from.highest : into.highest;
    into.idle = from.idle < into.idle ? from.idle : into.idle;
    into.largest_reward = from.largest_reward > into.largest_reward ? from.largest_reward : into.largest_reward;
    into.off_one = from.off_one > into.off_one ? from.off_one : into.off_one;
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

/// Looks at the states first, first + stride, ..., `count` of them.
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
