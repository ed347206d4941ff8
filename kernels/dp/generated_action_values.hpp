#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/dp/action_values.hpp"
#include "kernels/dp/generated_model.hpp"

namespace bellshard::dp {

/// Q of a generated model, from values in a window of the global axis: state s lies at values[s - window_begin].
template <GeneratedModel Model>
struct GeneratedActionValues {
  Model model;
  double discount;
  std::int64_t own_begin;     ///< the first own state
  std::int64_t window_begin;  ///< the state at values[0]; below 0 where the window juts out

  KOKKOS_FUNCTION int actions(std::int64_t i) const { return model.actions(own_begin + i); }
  KOKKOS_FUNCTION double reward(std::int64_t i, int action) const { return model.reward(own_begin + i, action); }

  KOKKOS_FUNCTION double expect(std::int64_t i, int action, double const* values) const {
    double sum = 0;
    std::int64_t const begin = window_begin;
    // A probability of 0 leads nowhere, also where the value there is infinite.
    model.transitions(own_begin + i, action, [&sum, values, begin](std::int64_t next, double probability) {
      if (probability != 0) sum += probability * values[next - begin];
    });
    return discount * sum;
  }

  KOKKOS_FUNCTION Estimate estimate(std::int64_t i, int action, double const* values) const {
    double sum = 0, size = 0;
    int terms = 0;
    std::int64_t const begin = window_begin;
    model.transitions(own_begin + i, action, [&sum, &size, &terms, values, begin](std::int64_t next, double probability) {
      if (probability == 0) return;
      double const term = probability * values[next - begin];
      sum += term;
      size += fabs(term);
      ++terms;
    });
    double const r = reward(i, action);
    return estimate_of(r + discount * sum, fabs(r) + discount * size, terms);
  }
};

}  // namespace bellshard::dp
