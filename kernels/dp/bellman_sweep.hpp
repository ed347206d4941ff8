#pragma once
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/dp/action_values.hpp"
#include "kernels/execution.hpp"

// Sweeps over own states [begin, end) of one rank, for any ActionValues. Values lie in local storage, own state i at
// values(own_first + i); arrays of actions hold own states only.
namespace bellshard::dp {

/// Least and greatest of some differences; of none: +infinity and -infinity.
struct Spread {
  double lowest = std::numeric_limits<double>::infinity();
  double highest = -std::numeric_limits<double>::infinity();
};

namespace detail {

/// What Kokkos asks of a reduction to a Spread.
struct SpreadReduction {
  using value_type = Spread;
  KOKKOS_FUNCTION void init(Spread& range) const {
    range.lowest = std::numeric_limits<double>::infinity();
    range.highest = -std::numeric_limits<double>::infinity();
  }
  template <class Into, class From>
  KOKKOS_FUNCTION static void widen(Into& into, From const& from) {
    into.lowest = from.lowest < into.lowest ? from.lowest : into.lowest;
    into.highest = from.highest > into.highest ? from.highest : into.highest;
  }
  KOKKOS_FUNCTION void join(Spread& into, Spread const& from) const { widen(into, from); }
  KOKKOS_FUNCTION void join(volatile Spread& into, volatile Spread const& from) const { widen(into, from); }  // Kokkos before 4
};

template <ActionValues Q>
struct BackupStates : SpreadReduction {
  Q q;
  Objective objective;
  std::int64_t own_first;
  Array<double const> in;
  Array<double> out;
  Array<std::int32_t> action;  ///< may be empty: nobody asks

  KOKKOS_FUNCTION void operator()(std::int64_t i, Spread& change) const {
    double value;
    if (action.extent(0) == 0) {
      value = best_choice(q, objective, i, in.data()).value;
    } else {
      Choice const choice = steady_choice(q, objective, i, in.data(), action(i));
      action(i) = choice.action;
      value = choice.value;
    }
    double const moved = value - in(own_first + i);
    out(own_first + i) = value;
    widen(change, Spread{moved, moved});
  }
};

template <ActionValues Q>
struct EvaluateStates : SpreadReduction {
  Q q;
  std::int64_t own_first;
  Array<std::int32_t const> action;
  Array<double const> in;
  Array<double> out;

  KOKKOS_FUNCTION void operator()(std::int64_t i, Spread& change) const {
    double const value = q.reward(i, action(i)) + q.expect(i, action(i), in.data());
    double const moved = value - in(own_first + i);
    out(own_first + i) = value;
    widen(change, Spread{moved, moved});
  }
};

template <ActionValues Q>
struct EncloseChange : SpreadReduction {
  Q q;
  Objective objective;
  std::int64_t own_first;
  Array<double const> values;

  KOKKOS_FUNCTION void operator()(std::int64_t i, Spread& change) const {
    int const actions = q.actions(i);
    Estimate const first = q.estimate(i, 0, values.data());
    double low = first.value - first.error, high = first.value + first.error;
    for (int action = 1; action < actions; ++action) {
      Estimate const one = q.estimate(i, action, values.data());
      if (better(objective, one.value - one.error, low)) low = one.value - one.error;
      if (better(objective, one.value + one.error, high)) high = one.value + one.error;
    }
    constexpr double unit = 2.220446049250313e-16;
    double const below = low - values(own_first + i), above = high - values(own_first + i);
    widen(change, Spread{below - unit * fabs(below), above + unit * fabs(above)});
  }
};

template <ActionValues Q>
struct CountSteps : SpreadReduction {
  Q q;
  Objective objective;
  std::int64_t own_first;
  double margin;
  Array<double const> values;
  Array<double const> in;
  Array<double> out;
  Array<std::int32_t> action;

  KOKKOS_FUNCTION void operator()(std::int64_t i, Spread& change) const {
    double const best = best_choice(q, objective, i, values.data()).value;
    Choice most{-1, 0};
    for (int a = 0; a < q.actions(i); ++a) {
      if (!(fabs(q.reward(i, a) + q.expect(i, a, values.data()) - best) <= margin)) continue;
      double const steps = q.expect(i, a, in.data());
      if (most.action < 0 || steps > most.value) most = {a, steps};
    }
    double const moved = 1 + most.value - in(own_first + i);
    out(own_first + i) = 1 + most.value;
    action(i) = most.action;
    widen(change, Spread{moved, moved});
  }
};

/// A Gauss-Seidel block, first half: the new values beside the old ones.
template <ActionValues Q>
struct RelaxBlock : SpreadReduction {
  Q q;
  Objective objective;
  std::int64_t own_first;
  std::int64_t begin;
  double relaxation;
  Array<double const> values;
  Array<double> fresh;  ///< [state of the block]

  KOKKOS_FUNCTION void operator()(std::int64_t i, Spread& change) const {
    double const before = values(own_first + i);
    double const moved = relaxation * (best_choice(q, objective, i, values.data()).value - before);
    fresh(i - begin) = before + moved;
    widen(change, Spread{moved, moved});
  }
};

struct StoreBlock {
  std::int64_t first;  ///< in local storage
  Array<double const> fresh;
  Array<double> values;
  KOKKOS_FUNCTION void operator()(std::int64_t k) const { values(first + k) = fresh(k); }
};

template <ActionValues Q>
struct PolicyRewards {
  Q q;
  std::int64_t own_first;
  Array<std::int32_t const> action;
  Array<double> out;
  KOKKOS_FUNCTION void operator()(std::int64_t i) const { out(own_first + i) = q.reward(i, action(i)); }
};

template <ActionValues Q>
struct PolicyExpectation {
  Q q;
  std::int64_t own_first;
  Array<std::int32_t const> action;
  Array<double const> in;
  Array<double> out;
  KOKKOS_FUNCTION void operator()(std::int64_t i) const { out(own_first + i) = q.expect(i, action(i), in.data()); }
};

/// Counts states where one side of the enclosure fails by its own sweep; NaN fails.
template <ActionValues Q>
struct CountViolations {
  Q q;
  Objective objective;
  std::int64_t own_first;
  double side;  ///< -1: T values - error >= values must hold; +1: T values + error <= values
  Array<double const> values;

  KOKKOS_FUNCTION void operator()(std::int64_t i, std::int64_t& violations) const {
    double bound = 0;
    for (int action = 0; action < q.actions(i); ++action) {
      Estimate const one = q.estimate(i, action, values.data());
      double const against = one.value + side * one.error;
      if (action == 0 || better(objective, against, bound)) bound = against;
    }
    double const value = values(own_first + i);
    if (!(side < 0 ? bound >= value : bound <= value)) ++violations;
  }
};

}  // namespace detail

/// Runs one of the sweeps above over own states [begin, end) and gives what it reduces to.
template <class Sweep>
typename Sweep::value_type reduce_states(Execution const& space, char const* label, std::int64_t begin, std::int64_t end, Sweep const& sweep) {
  typename Sweep::value_type result{};
  if (end > begin) Kokkos::parallel_reduce(label, Kokkos::RangePolicy<Execution>(space, begin, end), sweep, result);
  return result;
}

/// States of one Gauss-Seidel block: one launch each, enough work for one on this back end. Within a block the old values count, so
/// the result does not depend on the threads.
inline constexpr std::int64_t relaxed_block = runs_on_host ? 256 : 65536;

/// Sweeps the block [begin, end) in place. fresh [relaxed_block]: room for its new values.
template <ActionValues Q>
Spread relax_block(Execution const& space, Q const& q, Objective objective, std::int64_t own_first, std::int64_t begin, std::int64_t end,
                  double relaxation, Array<double> const& values, Array<double> const& fresh) {
  auto const change = reduce_states(space, "bellshard::dp::relax_block", begin, end,
                                    detail::RelaxBlock<Q>{{}, q, objective, own_first, begin, relaxation, values, fresh});
  Kokkos::parallel_for("bellshard::dp::store_block", Kokkos::RangePolicy<Execution>(space, 0, end - begin),
                       detail::StoreBlock{own_first + begin, fresh, values});
  return change;
}

}  // namespace bellshard::dp
