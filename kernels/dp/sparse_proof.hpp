#pragma once
#include "kernels/dp/bounds.hpp"
#include "kernels/dp/enclosed_value.hpp"

namespace bellshard::dp {

/// One synchronous sweep to about two roundings a state.
/// in   [local state]  items of other ranks filled
/// out  [local state]  written for own states
template <class Model>
struct AccurateBackup {
  Model model;
  Array<double const> in;
  Array<double> out;

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range& range) const {
    double const* const value = in.data();
    double best = worst(model.objective);
    model.for_each_action(s, [&](std::int32_t, auto const& pair) { best = best_of(model.objective, enclosed_value(sum, model, pair, value).q, best); });
    out(model.own_first + s) = best;
    double const change = change_of(best, value[model.own_first + s]);
    widen(range, change, change);
  }
};

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
      auto const q = enclosed_value(sum, model, pair, value);
      double const l = at_least(q), h = at_most(q);
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
/// bounds  items of other ranks filled; values may be infinite
template <class Model>
struct Verify {
  Model model;
  Bounds bounds;
  double most;                        ///< no optimal value is greater: an upper bound from there on holds by itself
  Array<std::int64_t> violations;     ///< [2] of lower, of upper

  template <class Sum>
  KOKKOS_INLINE_FUNCTION void operator()(Sum const& sum, std::int64_t s, Range&) const {
    auto const below = bounds.lower(), above = bounds.upper();
    double low = worst(model.objective), high = low;
    model.for_each_action(s, [&](std::int32_t, auto const& pair) {
      double const l = at_least(enclosed_value(sum, model, pair, below));
      double const h = at_most(enclosed_value(sum, model, pair, above));
      low = better(model.objective, l, low) ? l : low;
      high = better(model.objective, h, high) ? h : high;
    });
    std::int64_t const i = model.own_first + s;
    // !(a >= b) rather than a < b: a NaN is a violation.
    if (!(low >= below[i])) sum.once([&] { Kokkos::atomic_add(&violations(0), std::int64_t{1}); });
    if (!(high <= above[i] || above[i] >= most)) sum.once([&] { Kokkos::atomic_add(&violations(1), std::int64_t{1}); });
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
