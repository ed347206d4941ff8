#pragma once
#include "jobs/three_species_fishery/dynamics.hpp"
#include "kernels/sample/normal.hpp"

namespace bellshard::three_species_fishery {

/// What is written of the first episodes of a policy.
struct Recorder {
  double* biomass = nullptr;  ///< [path, 0 to horizon, species] before the harvest of each step; not a number once the episode is over
  double* caught = nullptr;   ///< [path, step, harvested species]
  std::int64_t paths = 0;
};

/// One episode on its way. Its draws are those of its global number: three for the start, three for each step.
struct Episode {
  double biomass[3];
  double reward;
  std::int32_t step;  ///< steps that were survived
  bool over;

  KOKKOS_INLINE_FUNCTION static sample::Stream draws(std::uint32_t seed, std::uint32_t purpose, std::uint64_t number, std::int64_t step) {
    sample::Stream stream(seed, purpose, number);
    stream.skip_to(static_cast<std::uint64_t>(3 * (step + 1)));
    return stream;
  }

  KOKKOS_INLINE_FUNCTION static Episode begin(Fishery const& fishery, sample::Stream stream) {
    Episode episode{{}, 0, 0, false};
    for (int s = 0; s < 3; ++s) episode.biomass[s] = fishery.start[s] + fishery.start_deviation[s] * stream.normal();
    return episode;
  }

  /// Harvests the shares taken[0] of X and taken[1] of Y, then lets the rest grow.
  KOKKOS_INLINE_FUNCTION void advance(Fishery const& fishery, double const (&taken)[2], sample::Stream& stream, Recorder const& record, std::uint64_t number) {
    bool const recorded = number < static_cast<std::uint64_t>(record.paths);
    auto const place = static_cast<std::int64_t>(number) * (fishery.horizon + 1) + step;
    double left[3] = {biomass[0], biomass[1], biomass[2]};
    for (int s = 0; s < fishery.harvested; ++s) {
      double const caught = biomass[s] * taken[s];
      left[s] = left[s] > caught ? left[s] - caught : 0;
      reward += caught;
      if (recorded) record.caught[(static_cast<std::int64_t>(number) * fishery.horizon + step) * fishery.harvested + s] = caught;
    }
    if (recorded) {
      for (int s = 0; s < fishery.species; ++s) record.biomass[place * fishery.species + s] = biomass[s];
    }
    auto const next = fishery.at(step)(left[0], left[1], left[2]);
    for (int s = 0; s < 3; ++s) {
      double const noise = stream.normal();
      biomass[s] = next.mean[s] + next.scale[s] * noise;
      if (s < fishery.species && biomass[s] <= fishery.threshold) over = true;
    }
    if (over) {
      reward -= fishery.penalty_at(step);
      return;
    }
    ++step;
    if (recorded && step == fishery.horizon) {
      for (int s = 0; s < fishery.species; ++s) record.biomass[(place + 1) * fishery.species + s] = biomass[s];
    }
  }
};

/// Takes the same share of each harvested species in every step, or what is above a fixed escapement.
struct FixedRule {
  enum class Form : std::int32_t { mortality, escapement };
  Form form;
  double setting[2];

  KOKKOS_INLINE_FUNCTION double share(int s, double biomass) const {
    if (form == Form::mortality) return setting[s];
    double const above = 1 - setting[s] / (biomass + 1e-12);
    return above > 0 ? above : 0;
  }
};

/// What is left of an episode.
struct Ended {
  double reward;
  std::int32_t steps;
};

KOKKOS_INLINE_FUNCTION Ended run_episode(Fishery const& fishery, FixedRule const& rule, std::uint32_t seed, std::uint32_t purpose, std::uint64_t number,
                                           Recorder const& record) {
  auto stream = Episode::draws(seed, purpose, number, -1);
  auto episode = Episode::begin(fishery, stream);
  stream.skip_to(3);
  while (!episode.over && episode.step < fishery.horizon) {
    double const taken[2] = {rule.share(0, episode.biomass[0]), rule.share(1, episode.biomass[1])};
    episode.advance(fishery, taken, stream, record, number);
  }
  return {episode.reward, episode.step};
}

}  // namespace bellshard::three_species_fishery
