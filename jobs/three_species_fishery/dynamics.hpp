#pragma once
#include "jobs/three_species_fishery/config.hpp"
#include "kernels/dp/plane_expectation.hpp"

namespace bellshard::three_species_fishery {

/// What becomes of the biomass that is left after the harvest, in one step, with noise relative to each species.
struct Dynamics {
  double growth[2];  ///< of X at this time, of Y
  double capacity[2];
  double predation, saturation;  ///< saturation: half_saturation squared
  double preference, competition, conversion, mortality;
  double noise[3];

  KOKKOS_INLINE_FUNCTION dp::NormalStep operator()(double x, double y, double z) const {
    double const encounters = competition * x * y;
    double const eaten_x = predation * z * (x * x / (saturation + x * x));
    double const eaten_y = preference * predation * z * (y * y / (saturation + y * y));
    return {{x + growth[0] * x * (1 - x / capacity[0]) - eaten_x - encounters, y + growth[1] * y * (1 - y / capacity[1]) - eaten_y - encounters,
             z + z * (conversion * (x + preference * y) - mortality)},
            {noise[0] * x, noise[1] * y, noise[2] * z}};
  }

#if defined(BELLSHARD_VECTORS)
  /// What Z depends on besides itself: its prey.
  double lift(double x, double y) const { return x + preference * y; }
  dp::LiftedLine line(double z) const { return {z * (1 - mortality), z * conversion, noise[2] * z}; }
#endif
};

/// The whole model, as kernels take it. X alone is X with no Y and one unit of a predator that stays as it is.
struct Fishery {
  Dynamics first;  ///< of step 0
  double drift, drift_steps, drift_least;
  double threshold, penalty;
  double start[3], start_deviation[3];
  std::int32_t horizon, species, harvested;

  explicit Fishery(Config const& config);

  /// Steps t = 0, 1, ...
  KOKKOS_INLINE_FUNCTION Dynamics at(std::int64_t t) const {
    Dynamics now = first;
    double const share = 1 - drift * static_cast<double>(t) / drift_steps;
    now.growth[0] *= share > drift_least ? share : drift_least;
    return now;
  }
  /// Reward that the loss of a species in step t costs.
  KOKKOS_INLINE_FUNCTION double penalty_at(std::int64_t t) const { return penalty / static_cast<double>(t + 1); }
};

}  // namespace bellshard::three_species_fishery
