#pragma once
#include "kernels/dp/sparse_model.hpp"
#include "kernels/dp/sparse_states.hpp"

namespace bellshard::dp {

/// How near to the best an old action must come to be kept: rounding of Q alone decides nothing.
KOKKOS_INLINE_FUNCTION bool as_good(double q, double best) {
  constexpr double rounding = 1.4210854715202004e-14;  // 2^-46
  if (q == best) return true;
  double const a = q < 0 ? -q : q, b = best < 0 ? -best : best;
  double const apart = q > best ? q - best : best - q;
  return apart <= rounding * (a > b ? a : b);
}

/// Q(s, a) = r + discount * sum p V(next), for any order of calls: the same expression everywhere, so the same bits.
template <class Sum, class Model, class Pair, class Value>
KOKKOS_INLINE_FUNCTION double action_value(Sum const& sum, Model const& model, Pair const& pair, Value const& value) {
  return model.reward(pair.index) + model.discount * sum(pair, value);
}

/// `choice ? a : b` by masks: which action wins is not foreseeable, and compilers make a branch of it otherwise.
KOKKOS_INLINE_FUNCTION std::int32_t select(bool choice, std::int32_t a, std::int32_t b) {
  std::int32_t const mask = -static_cast<std::int32_t>(choice);
  return (a & mask) | (b & ~mask);
}

/// One synchronous Bellman sweep (Puterman 1994, eq. 6.3.2) that keeps an old action as good as the best.
/// in      [local state]  items of other ranks filled
/// out     [local state]  written for own states
/// action  [own state]    read (-1: none) and written
template <class Model>
struct GreedyBackup {
  Model model;
  Array<double const> in;
  Array<double> out;
  Array<std::int32_t> action;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    double const* const value = in.data();
    double best = worst(model.objective);
    std::int32_t best_action = 0;
    model.for_each_action(s, [&](std::int32_t a, auto const& pair) {
      double const q = action_value(sum, model, pair, value);
      best_action = select(better(model.objective, q, best), a, best_action);
      best = best_of(model.objective, q, best);
    });
    out(model.own_first + s) = best;
    std::int32_t const old = action(s);
    // Its Q once more, from caches: rare in the end, and cheaper than to look out for it above.
    if (old != best_action && (old < 0 || !as_good(action_value(sum, model, model.pair_of_action(s, old), value), best))) {
      action(s) = best_action;
    }
    double const change = change_of(best, value[model.own_first + s]);
    widen(range, change, change);
  }
};

/// The same where nobody asks for the actions.
template <class Model>
struct PlainBackup {
  Model model;
  Array<double const> in;
  Array<double> out;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    double const* const value = in.data();
    double best = worst(model.objective);
    model.for_each_action(s, [&](std::int32_t, auto const& pair) {
      double const q = action_value(sum, model, pair, value);
      best = best_of(model.objective, q, best);
    });
    out(model.own_first + s) = best;
    double const change = change_of(best, value[model.own_first + s]);
    widen(range, change, change);
  }
};

/// What a fixed policy makes of `in`: which parts of  r + discount * sum p in  are asked for.
enum class PolicyPart { rewards, expectation, both };

/// in      [local state]  items of other ranks filled; not read for rewards alone
/// out     [local state]  written for own states
/// action  [own state]    the policy
template <PolicyPart part, class Model>
struct PolicyBackup {
  Model model;
  Array<std::int32_t const> action;
  Array<double const> in;
  Array<double> out;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    std::int64_t const i = model.own_first + s;
    if constexpr (part == PolicyPart::rewards) {
      out(i) = model.reward(model.pair_begin(s) + action(s));
    } else {
      double const* const value = in.data();
      auto const pair = model.pair_of_action(s, action(s));
      double const v = part == PolicyPart::both ? action_value(sum, model, pair, value) : model.discount * sum(pair, value);
      out(i) = v;
      double const change = change_of(v, value[i]);
      widen(range, change, change);
    }
  }
};

}  // namespace bellshard::dp
