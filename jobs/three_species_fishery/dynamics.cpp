#include "jobs/three_species_fishery/dynamics.hpp"

namespace bellshard::three_species_fishery {

Fishery::Fishery(Config const& config) : first{} {
  bool const alone = config.alone(), drifts = config.kind == Kind::drifting;
  first.growth[0] = config.growth_x;
  first.growth[1] = config.growth_y;
  first.capacity[0] = config.capacity_x;
  first.capacity[1] = config.capacity_y;
  first.predation = alone ? config.predation_alone : config.predation;
  first.saturation = config.half_saturation * config.half_saturation;
  first.preference = config.preference;
  first.competition = config.competition;
  first.conversion = alone ? 0 : config.conversion;
  first.mortality = alone ? 0 : config.mortality;
  drift = drifts ? config.drift : 0;
  drift_steps = config.drift_steps;
  drift_least = drifts ? config.drift_least : 1;
  threshold = config.threshold;
  penalty = config.penalty;
  horizon = static_cast<std::int32_t>(config.horizon);
  species = config.species();
  harvested = config.harvested();
  auto const begin = config.start_of();
  for (int s = 0; s < 3; ++s) {
    bool const here = s < species;
    start[s] = begin[static_cast<std::size_t>(s)];
    start_deviation[s] = here ? config.start_deviation : 0;
    first.noise[s] = !here ? 0 : alone ? config.noise_alone[0] : config.noise[static_cast<std::size_t>(s)];
  }
}

}  // namespace bellshard::three_species_fishery
