#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/dp/generated_model.hpp"

namespace bellshard::mdp {

/// Measures against an infectious disease (Gargiani et al. 2024, chapter 5; the parameters are those of madupite's example). The state
/// is the number s of susceptible people, the others are infected and recover within the step. Action a: hygiene level
/// a % 5 and distancing level a / 5. Of the s people Binomial(s, 1 - exp(-infected psi lambda)) are infected next, of which the
/// `outcomes` numbers around the mean are kept. A cost, to be least: 5 financial - 20 quality of life + 0.05 infected^1.1 by default.
struct InfectiousDisease {
  std::int64_t population;
  std::int64_t outcomes;
  double financial_weight;
  double quality_weight;
  double health_weight;

  KOKKOS_FUNCTION std::int64_t states() const { return population + 1; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return 20; }

  KOKKOS_FUNCTION double reward(std::int64_t susceptible, int action) const {
    constexpr double hygiene_cost[5] = {0, 1, 5, 6, 9}, hygiene_quality[5] = {1, 0.7, 0.5, 0.4, 0.05};
    constexpr double distance_cost[4] = {0, 1, 10, 30}, distance_quality[4] = {1, 0.9, 0.5, 0.1};
    int const h = action % 5, d = action / 5;
    return financial_weight * (hygiene_cost[h] + distance_cost[d]) - quality_weight * (hygiene_quality[h] * distance_quality[d]) +
           health_weight * pow(static_cast<double>(population - susceptible), 1.1);
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t susceptible, int action, Visit&& visit) const {
    if (susceptible == population) {
      visit(population, 1.0);
      return;
    }
    constexpr double infection[5] = {0.25, 0.125, 0.08, 0.05, 0.03};  // psi: probability at a contact
    constexpr double contacts[4] = {0.2, 0.16, 0.1, 0.01};            // lambda, of each infected person
    double const exposure = static_cast<double>(population - susceptible) * infection[action % 5] * contacts[action / 5];
    double const infected = 1 - exp(-exposure), spared = exp(-exposure);
    auto const n = static_cast<double>(susceptible);
    double const mean = n * infected, half = static_cast<double>(outcomes / 2);
    auto const first = static_cast<std::int64_t>(mean > half ? mean - half : 0);
    auto const last = static_cast<std::int64_t>(mean + half - 1 < n ? (mean + half - 1 > 0 ? mean + half - 1 : 0) : n);
    auto mode = static_cast<std::int64_t>((n + 1) * infected);
    mode = mode < first ? first : mode > last ? last : mode;

    // Weights relative to the mode's, by the ratio of neighbours: the sum of those kept is divided out anyway.
    double const up = infected / spared, down = spared / infected;
    double sum = 0;
    walk(mode, first, last, n, up, down, [&sum](std::int64_t, double weight) { sum += weight; });
    walk(mode, first, last, n, up, down, [&](std::int64_t ill, double weight) { visit(population - ill, weight / sum); });
  }

 private:
  template <class Visit>
  KOKKOS_FUNCTION static void walk(std::int64_t mode, std::int64_t first, std::int64_t last, double n, double up, double down, Visit const& visit) {
    double weight = 1;
    for (std::int64_t i = mode;; ++i) {
      visit(i, weight);
      if (i == last) break;
      weight *= (n - static_cast<double>(i)) / static_cast<double>(i + 1) * up;
    }
    weight = 1;
    for (std::int64_t i = mode; i > first; --i) {
      weight *= static_cast<double>(i) / (n - static_cast<double>(i) + 1) * down;
      visit(i - 1, weight);
    }
  }
};

}  // namespace bellshard::mdp
