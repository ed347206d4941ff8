#pragma once
#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstdint>

#include "kernels/dp/objective.hpp"

namespace bellshard::dp {

/// A number and how far rounding may have taken it from the exact one.
struct Estimate {
  double value;
  double error;
};

/// The estimate of a sum of `terms` products and two more operations, the absolute values of which sum to `size`. Twice the
/// usual bound (Higham 2002, section 3.1), which leaves room for the rounding of `size` and of what is done with the result.
KOKKOS_INLINE_FUNCTION Estimate estimate_of(double value, double size, std::int64_t terms) {
  constexpr double unit = 2.220446049250313e-16;
  double const error = static_cast<double>(terms + 4) * unit * size;
  return {value, error <= 1.7976931348623157e308 ? error : 0.0};  // what is infinite is exact
}

/// Q of the own states of one rank, however its transitions are stored:
///     Q(i, action) = reward(i, action) + expect(i, action, values),    expect = discount * sum p values(next)
/// i: own state, from 0; values: local storage. estimate() is the same Q with its rounding.
template <class Q>
concept ActionValues = requires(Q const& q, std::int64_t i, int action, double const* values) {
  { q.actions(i) } -> std::convertible_to<int>;
  { q.reward(i, action) } -> std::same_as<double>;
  { q.expect(i, action, values) } -> std::same_as<double>;
  { q.estimate(i, action, values) } -> std::same_as<Estimate>;
};

/// An action and its Q.
struct Choice {
  int action;
  double value;
};

/// The lowest best action of a state.
template <ActionValues Q>
KOKKOS_FUNCTION Choice best_choice(Q const& q, Objective objective, std::int64_t i, double const* values) {
  int const actions = q.actions(i);
  Choice best{0, q.reward(i, 0) + q.expect(i, 0, values)};
  for (int action = 1; action < actions; ++action) {
    double const value = q.reward(i, action) + q.expect(i, action, values);
    if (better(objective, value, best.value)) best = {action, value};
  }
  return best;
}

/// The same, but an old action (-1: none) that is as good as the best within the rounding of Q is kept: policies do not
/// wander among ties.
template <ActionValues Q>
KOKKOS_FUNCTION Choice steady_choice(Q const& q, Objective objective, std::int64_t i, double const* values, int old) {
  Choice const best = best_choice(q, objective, i, values);
  if (old < 0 || old == best.action || old >= q.actions(i)) return best;
  Estimate const kept = q.estimate(i, old, values);
  double const gap = kept.value > best.value ? kept.value - best.value : best.value - kept.value;
  if (kept.value == best.value || gap <= kept.error + q.estimate(i, best.action, values).error) return {old, best.value};
  return best;
}

}  // namespace bellshard::dp
