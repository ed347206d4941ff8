#pragma once
#include "kernels/dp/sparse_sweep.hpp"

namespace bellshard::dp {

/// Q(s, a) as computed lies within `error` of the exact one: n products, n - 1 additions, one product and one addition,
/// each 2^-53, and twice that for the rounding of this bound itself and of what is added to it.
template <class Sum, class Model, class Pair>
KOKKOS_INLINE_FUNCTION double rounding_of(Sum const& sum, Model const& model, Pair const& pair, double const* value) {
  constexpr double unit = 1.1102230246251565e-16;  // 2^-53
  double const r = model.reward(pair.index);
  return 2 * unit * (pair.transitions + 4.0) * ((r < 0 ? -r : r) + model.discount * sum.size(pair, value));
}

/// Q minus its rounding, or plus. An infinite Q is exact; a sum of both infinities tells nothing: it is the worst that it can be.
KOKKOS_INLINE_FUNCTION double at_least(double q, double error) {
  return q != q ? -infinite : q == infinite ? q : q - error;
}
KOKKOS_INLINE_FUNCTION double at_most(double q, double error) {
  return q != q ? infinite : q == -infinite ? q : q + error;
}

/// T values - values with the rounding of Q outward, over own states.
template <class Model>
struct EnclosingChange {
  Model model;
  Array<double const> values;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    double const* const value = values.data();
    double low = worst(model.objective), high = low;
    model.for_each_action(s, [&](std::int32_t, auto const& pair) {
      double const q = action_value(sum, model, pair, value);
      double const error = rounding_of(sum, model, pair, value);
      double const l = at_least(q, error), h = at_most(q, error);
      low = better(model.objective, l, low) ? l : low;
      high = better(model.objective, h, high) ? h : high;
    });
    double const v = value[model.own_first + s];
    widen(range, outward(change_of(low, v), -1), outward(change_of(high, v), 1));
  }

  /// The difference as it may have been before it was rounded.
  KOKKOS_INLINE_FUNCTION static double outward(double change, double direction) {
    return change + direction * 2.220446049250313e-16 * (change < 0 ? -change : change);
  }
};

/// Counts own states where T lower >= lower or T upper <= upper fails, with the rounding of Q against it.
/// lower, upper  [local state]  items of other ranks filled; may be infinite
template <class Model>
struct Verify {
  Model model;
  Array<double const> lower;
  Array<double const> upper;
  Array<std::int64_t> violations;     ///< [2] of lower, of upper

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range&) const {
    double const* const below = lower.data();
    double const* const above = upper.data();
    double low = worst(model.objective), high = low;
    model.for_each_action(s, [&](std::int32_t, auto const& pair) {
      double const l = at_least(action_value(sum, model, pair, below), rounding_of(sum, model, pair, below));
      double const h = at_most(action_value(sum, model, pair, above), rounding_of(sum, model, pair, above));
      low = better(model.objective, l, low) ? l : low;
      high = better(model.objective, h, high) ? h : high;
    });
    std::int64_t const i = model.own_first + s;
    // !(a >= b) rather than a < b: a NaN is a violation.
    if (!(low >= below[i])) sum.once([&] { Kokkos::atomic_add(&violations(0), std::int64_t{1}); });
    if (!(high <= above[i])) sum.once([&] { Kokkos::atomic_add(&violations(1), std::int64_t{1}); });
  }
};

/// out = 1 + max over the actions whose Q is within `margin` of the best of  discount * sum p in(next), and that action.
/// values, in  [local state]  items of other ranks filled
/// out         [local state]  written for own states;   action [own state] written
template <class Model>
struct CountSteps {
  Model model;
  Array<double const> values;
  double margin;
  Array<double const> in;
  Array<double> out;
  Array<std::int32_t> action;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    double const* const value = values.data();
    double const* const steps = in.data();
    double best = worst(model.objective);
    model.for_each_action(s, [&](std::int32_t, auto const& pair) {
      double const q = action_value(sum, model, pair, value);
      best = better(model.objective, q, best) ? q : best;
    });
    double most = -1;
    std::int32_t taken = -1;
    model.for_each_action(s, [&](std::int32_t a, auto const& pair) {
      double const q = action_value(sum, model, pair, value);
      double const apart = q > best ? q - best : best - q;
      if (!(q == best || apart <= margin)) return;
      double const more = model.discount * sum.most(pair, steps);
      if (more <= most) return;
      most = more;
      taken = a;
    });
    std::int64_t const i = model.own_first + s;
    out(i) = 1 + most;
    action(s) = taken;
    double const change = change_of(1 + most, steps[i]);
    widen(range, change, change);
  }
};

}  // namespace bellshard::dp
