#pragma once
#include <Kokkos_Core.hpp>
#include <concepts>
#include <cstdint>

namespace bellshard::dp {

/// Stands for whoever looks at the transitions of a pair.
struct AnyVisitor {
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t /*next_state*/, double /*probability*/) const {}
};

/// A Markov decision process by formula, a device functor that is copied into kernels. Any rank asks it for any state, so each
/// builds its own block without the others. States are global, 0 .. states()-1.
///
///     struct Coin {  // toss (action 0) until heads, or give up (action 1)
///       KOKKOS_FUNCTION std::int64_t states() const { return 2; }
///       KOKKOS_FUNCTION int actions(std::int64_t state) const { return state == 0 ? 2 : 1; }  // at least one
///       KOKKOS_FUNCTION double reward(std::int64_t state, int action) const { return state == 0 && action == 0 ? -1 : 0; }
///       template <class Visit>
///       KOKKOS_FUNCTION void transitions(std::int64_t state, int action, Visit&& visit) const {
///         if (state == 0 && action == 0) visit(0, 0.5);
///         visit(1, state == 0 && action == 0 ? 0.5 : 1.0);  // visit(next_state, probability); the sum is 1
///       }
///     };
///
/// A next state may be visited several times: its probabilities add up. Members that are arrays are Array<...> (device memory).
template <class Model>
concept GeneratedModel = std::copy_constructible<Model> && requires(Model const& model, std::int64_t state, int action) {
  { model.states() } -> std::convertible_to<std::int64_t>;
  { model.actions(state) } -> std::convertible_to<int>;
  { model.reward(state, action) } -> std::convertible_to<double>;
  model.transitions(state, action, AnyVisitor{});
};

struct AnyOutcomeVisitor {
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t /*next_state*/, double /*probability*/, double /*reward*/) const {}
};

/// One whose rewards are random beyond the next state: outcomes(state, action, visit) calls visit(next_state, probability, reward). The
/// host asks it, and of arrays it has none. transitions() and reward() follow from it, see OutcomeRows.
template <class Model>
concept RandomReward = requires(Model const& model, std::int64_t state, int action) { model.outcomes(state, action, AnyOutcomeVisitor{}); };

/// The transitions and expected rewards of a model that tells outcomes:  struct Dice : OutcomeRows<Dice> { ... };
template <class Model>
struct OutcomeRows {
  KOKKOS_FUNCTION double reward(std::int64_t state, int action) const {
    double mean = 0;
    static_cast<Model const&>(*this).outcomes(state, action, [&](std::int64_t, double p, double r) { mean += p * r; });
    return mean;
  }
  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int action, Visit&& visit) const {
    static_cast<Model const&>(*this).outcomes(state, action, [&](std::int64_t next, double p, double) { visit(next, p); });
  }
};

}  // namespace bellshard::dp
