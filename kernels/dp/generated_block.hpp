#pragma once
#include "kernels/dp/generated_model.hpp"
#include "kernels/dp/sparse_in_place.hpp"
#include "kernels/dp/sparse_proof.hpp"

namespace bellshard::dp {

/// The own block of a generated model in the shape that the sweeps over stored models ask for (sparse_sweep.hpp,
/// sparse_proof.hpp), so that both run the same kernels. Values lie in a window of the global axis, own state s at own_first + s.
template <GeneratedModel Model>
struct GeneratedBlock {
  Model model;
  std::int64_t states = 0;     ///< own
  std::int64_t own_begin = 0;  ///< global number of the first own state
  std::int64_t own_first = 0;
  std::int64_t most_transitions = 0;  ///< of any pair: bounds the rounding of its sum
  Objective objective = Objective::max;
  double discount = 1;

  /// Names a pair; + goes on among the actions of the state.
  struct PairIndex {
    std::int64_t state;  ///< own
    int action;
    KOKKOS_INLINE_FUNCTION PairIndex operator+(int actions) const { return {state, action + actions}; }
  };
  struct Pair {
    GeneratedBlock const& block;
    PairIndex index;
    std::int64_t transitions;
  };

  KOKKOS_INLINE_FUNCTION double reward(PairIndex const& pair) const { return model.reward(own_begin + pair.state, pair.action); }
  KOKKOS_INLINE_FUNCTION PairIndex pair_begin(std::int64_t s) const { return {s, 0}; }
  KOKKOS_INLINE_FUNCTION Pair pair_of_action(std::int64_t s, int action) const { return {*this, {s, action}, most_transitions}; }

  template <class Visit>
  KOKKOS_INLINE_FUNCTION void for_each_action(std::int64_t s, Visit const& visit) const {
    int const actions = model.actions(own_begin + s);
    for (int action = 0; action < actions; ++action) visit(action, pair_of_action(s, action));
  }
};

/// Sum over the transitions of a pair of p * value[next], in the order of their visits.
struct VisitedSum {
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double operator()(Pair const& pair, Value const& value) const {
    double sum = 0;
    auto const& block = pair.block;
    std::int64_t const shift = block.own_first - block.own_begin;
    // A probability of 0 leads nowhere, also where the value there is infinite.
    block.model.transitions(block.own_begin + pair.index.state, pair.index.action, [&sum, &value, shift](std::int64_t next, double probability) {
      if (probability != 0) sum += probability * value[next + shift];
    });
    return sum;
  }

  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double most(Pair const& pair, Value const& value) const {
    return (*this)(pair, value);
  }
  template <class Pair, class Value>
  KOKKOS_INLINE_FUNCTION double size(Pair const& pair, Value const& value) const {
    return (*this)(pair, Magnitude{value});
  }

  template <class Pair, class Visit>
  KOKKOS_INLINE_FUNCTION static void each(Pair const& pair, Visit const& visit) {
    auto const& block = pair.block;
    std::int64_t const shift = block.own_first - block.own_begin;
    block.model.transitions(block.own_begin + pair.index.state, pair.index.action, [&visit, shift](std::int64_t next, double probability) {
      if (probability != 0) visit(probability, next + shift);
    });
  }

  /// One thread has the whole state, so what is to be done once is done.
  template <class Action>
  KOKKOS_INLINE_FUNCTION void once(Action const& action) const {
    action();
  }
};

namespace detail {

template <class State>
struct VisitOwn {
  State state;
  KOKKOS_FUNCTION void operator()(std::int64_t s, Range& range) const { state(VisitedSum(), s, range); }
};

/// One contiguous part of the own states, in order, in place; it reads of the other parts what they were before.
template <GeneratedModel Model>
struct RelaxPart {
  GeneratedBlock<Model> block;
  std::int64_t parts;
  SweepDirection direction;
  double relaxation;
  Array<double> values;
  Array<double const> before;  ///< empty for one part

  KOKKOS_FUNCTION void operator()(std::int64_t part, Range& range) const {
    std::int64_t const begin = bound(part), end = bound(part + 1);
    BlockValues const seen{values.data(), before.data(), block.own_first + begin, end - begin};
    for (std::int64_t k = begin; k < end; ++k) {
      std::int64_t const s = direction == SweepDirection::ascending ? k : begin + end - 1 - k;
      double const old = values(block.own_first + s);
      double const value = parts == 1 ? relaxed_value(VisitedSum(), block, s, values.data(), old, relaxation)
                                      : relaxed_value(VisitedSum(), block, s, seen, old, relaxation);
      values(block.own_first + s) = value;
      double const change = change_of(value, old);
      widen(range, change, change);
    }
  }
  KOKKOS_FUNCTION std::int64_t bound(std::int64_t part) const {
    std::int64_t const size = block.states / parts, longer = block.states % parts;
    return part * size + (part < longer ? part : longer);
  }
};

}  // namespace detail

/// Runs a sweep over own states [begin, end); the range over all of them.
template <class State>
Range visit_own(char const* label, Execution const& space, std::int64_t begin, std::int64_t end, State const& state) {
  Range range = no_range();
  if (end <= begin) return range;
  Kokkos::parallel_reduce(label, Kokkos::RangePolicy<Execution>(space, begin, end), detail::VisitOwn<State>{state},
                          Kokkos::MinMax<double>(range));
  return range;
}

/// One Gauss-Seidel sweep in place: `parts` contiguous parts at once, the states of each in order. The bits depend on the number
/// of parts alone. before [local state]: scratch, not touched for one part.
template <GeneratedModel Model>
Range relax_parts(Execution const& space, GeneratedBlock<Model> const& block, std::int64_t parts, SweepDirection direction, double relaxation,
                  Array<double> const& values, Array<double> const& before) {
  Range range = no_range();
  if (block.states == 0) return range;
  if (parts > 1) Kokkos::deep_copy(space, before, values);
  Kokkos::parallel_reduce("bellshard::dp::relax_parts", Kokkos::RangePolicy<Execution>(space, 0, parts),
                          detail::RelaxPart<Model>{block, parts, direction, relaxation, values, before}, Kokkos::MinMax<double>(range));
  return range;
}

}  // namespace bellshard::dp
