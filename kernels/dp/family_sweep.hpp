#pragma once
#include <string>

#include "kernels/dp/objective.hpp"
#include "kernels/dp/robust_rows.hpp"
#include "kernels/execution.hpp"

namespace bellshard::dp {

/// The own block of a family of models with the same states and actions, whose transitions and rewards differ. Values lie in local
/// storage, own state s at own_first + s.
struct FamilyModel {
  std::int32_t models = 1;
  std::int64_t states = 0, pairs = 0;  ///< own
  std::int64_t own_first = 0, local_items = 0;
  double discount = 0.9;
  Array<std::int64_t const> pair_begin;        ///< [own state + 1] own pairs of a state, of every model
  Array<std::int64_t const> transition_begin;  ///< [pair * models + model], one more at the end: a sweep over all models reads in order
  Array<std::int32_t const> next;              ///< [transition] place in local storage
  Array<double const> probability;             ///< [transition]
  Array<double const> reward;                  ///< [pair * models + model]

  /// Q of a pair in model m, transitions in the order of the file.
  KOKKOS_INLINE_FUNCTION double q(std::int32_t m, std::int64_t pair, double const* value) const {
    std::int64_t const row = pair * models + m;
    double sum = 0;
    for (std::int64_t k = transition_begin(row); k < transition_begin(row + 1); ++k) sum += probability(k) * value[next(k)];
    return reward(row) + discount * sum;
  }
  /// The same with the worst next states within an L1 ball around the pair's.
  KOKKOS_INLINE_FUNCTION double l1_q(std::int32_t m, std::int64_t pair, double radius, double const* value) const {
    std::int64_t const row = pair * models + m, begin = transition_begin(row);
    auto const probability_at = [&](std::int64_t k) { return probability(begin + k); };
    auto const value_at = [&](std::int64_t k) { return value[next(begin + k)]; };
    return reward(row) + discount * l1_worst(transition_begin(row + 1) - begin, probability_at, value_at, radius);
  }
};

/// One model of a family by itself, its rows side by side: what many sweeps read.
inline FamilyModel take_model(Execution const& space, FamilyModel const& family, std::int32_t m) {
  Array<std::int64_t> const begin("bellshard::dp::row_begin", static_cast<std::size_t>(family.pairs + 1));
  std::int64_t transitions = 0;
  Kokkos::parallel_scan(
      "bellshard::dp::place_rows", Kokkos::RangePolicy<Execution>(space, 0, family.pairs),
      KOKKOS_LAMBDA(std::int64_t pair, std::int64_t& sum, bool last) {
        std::int64_t const from = pair * family.models + m;
        sum += family.transition_begin(from + 1) - family.transition_begin(from);
        if (last) begin(pair + 1) = sum;
      },
      transitions);
  Array<std::int32_t> const next(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dp::row_next"), static_cast<std::size_t>(transitions));
  Array<double> const probability(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dp::row_probability"), static_cast<std::size_t>(transitions));
  Array<double> const reward(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dp::row_reward"), static_cast<std::size_t>(family.pairs));
  Kokkos::parallel_for(
      "bellshard::dp::copy_rows", Kokkos::RangePolicy<Execution>(space, 0, family.pairs), KOKKOS_LAMBDA(std::int64_t pair) {
        std::int64_t const from = pair * family.models + m, first = family.transition_begin(from);
        for (std::int64_t k = begin(pair); k < begin(pair + 1); ++k) {
          next(k) = family.next(first + k - begin(pair));
          probability(k) = family.probability(first + k - begin(pair));
        }
        reward(pair) = family.reward(from);
      });
  FamilyModel alone = family;
  alone.models = 1;
  alone.transition_begin = begin, alone.next = next, alone.probability = probability, alone.reward = reward;
  return alone;
}

/// What a sweep added to the own values, at least and at most.
struct Change {
  double least = infinite, most = -infinite;
  double largest() const { return most > -least ? most : -least; }
};

/// What is written down of a sweep's choice: nothing.
struct NoNote {
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t, std::int64_t, double const*) const {}
};

/// out = greatest over the actions of worth(pair). in, out [local item]. note(own state, lowest best pair, in) writes the choice down.
template <class Worth, class Note = NoNote>
Change sweep_best(std::string const& label, Execution const& space, FamilyModel const& model, Worth const& worth, Array<double const> const& in, Array<double> const& out, Note const& note = {}) {
  using Range = Kokkos::MinMax<double>;
  Range::value_type range;
  Kokkos::parallel_reduce(
      label, Kokkos::RangePolicy<Execution>(space, 0, model.states),
      KOKKOS_LAMBDA(std::int64_t s, Range::value_type& change) {
        double best = -infinite;
        std::int64_t chosen = model.pair_begin(s);
        for (std::int64_t pair = chosen; pair < model.pair_begin(s + 1); ++pair) {
          double const q = worth(pair, in.data());
          chosen = q > best ? pair : chosen;
          best = q > best ? q : best;
        }
        note(s, chosen, in.data());
        out(model.own_first + s) = best;
        double const moved = best - in(model.own_first + s);
        change.min_val = moved < change.min_val ? moved : change.min_val;
        change.max_val = moved > change.max_val ? moved : change.max_val;
      },
      Range(range));
  return {range.min_val, range.max_val};
}

/// The same number more for every value.
inline void shift_values(Execution const& space, Array<double> const& values, double more) {
  Kokkos::parallel_for(
      "bellshard::dp::shift_values", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(values.extent(0))), KOKKOS_LAMBDA(std::int64_t k) { values(k) += more; });
}

/// Worth of a pair in one model, in the worst of an L1 ball around one.
struct WorthInModel {
  FamilyModel model;
  std::int32_t m;
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t pair, double const* value) const { return model.q(m, pair, value); }
  /// Makes the row of state s what this pair is met with.
  template <class Chain>
  KOKKOS_INLINE_FUNCTION void answer(Chain const& chain, std::int64_t s, std::int64_t pair, double const*) const {
    chain.put(model, s, pair * model.models + m);
  }
};
struct WorthInBall {
  FamilyModel model;
  std::int32_t centre;
  double radius;
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t pair, double const* value) const { return model.l1_q(centre, pair, radius, value); }
  template <class Chain>
  KOKKOS_INLINE_FUNCTION void answer(Chain const& chain, std::int64_t s, std::int64_t pair, double const* value) const {
    std::int64_t const row = pair * model.models + centre;
    chain.put(model, s, row);
    chain.move_to_worst(s, model.transition_begin(row + 1) - model.transition_begin(row), value, radius);
  }
};

/// Worth that is known [own pair], whatever the values.
struct WorthOfPair {
  Array<double const> q;
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t pair, double const*) const { return q(pair); }
};

/// q[pair] = worth of each own pair.
template <class Worth>
void price_pairs(std::string const& label, Execution const& space, FamilyModel const& model, Worth const& worth, Array<double const> const& value, Array<double> const& q) {
  Kokkos::parallel_for(label, Kokkos::RangePolicy<Execution>(space, 0, model.pairs), KOKKOS_LAMBDA(std::int64_t pair) { q(pair) = worth(pair, value.data()); });
}

/// Values that iteration has brought within 1e-9 of each other are taken for equal, so that the lowest action of a tie is chosen and not
/// the one that rounding prefers.
KOKKOS_INLINE_FUNCTION bool near_best(double q, double best) { return best - q <= 1e-9 * (1 + ::fabs(best)); }

/// The lowest action as good as the best [own state].
inline void choose_greedy(Execution const& space, FamilyModel const& model, Array<double const> const& q, Array<std::int32_t> const& action) {
  Kokkos::parallel_for(
      "bellshard::dp::choose_greedy", Kokkos::RangePolicy<Execution>(space, 0, model.states), KOKKOS_LAMBDA(std::int64_t s) {
        std::int64_t const begin = model.pair_begin(s), end = model.pair_begin(s + 1);
        double best = -infinite;
        for (std::int64_t pair = begin; pair < end; ++pair) best = q(pair) > best ? q(pair) : best;
        std::int64_t pair = begin;
        while (!(near_best(q(pair), best))) ++pair;
        action(s) = static_cast<std::int32_t>(pair - begin);
      });
}

}  // namespace bellshard::dp
