#pragma once
#include <string>
#include <vector>

#include "jobs/three_species_fishery/backward.hpp"
#include "jobs/three_species_fishery/episode.hpp"
#include "src/dist/statistics.hpp"

namespace bellshard::three_species_fishery {

/// Episodes under one policy, all on every rank.
struct Evaluated {
  std::string name;
  double setting[2];              ///< not a number for policies without settings
  std::vector<double> reward;     ///< [episode]
  std::vector<double> steps;      ///< [episode] survived
  std::vector<double> biomass;    ///< [path, 0 to horizon, species]
  std::vector<double> caught;     ///< [path, step, harvested species]

  double full_share(std::int64_t horizon) const;  ///< of episodes that lasted to the end
};

/// Mean rewards of all settings that were tried for one form of rule.
struct Search {
  std::vector<double> settings;  ///< tried for each harvested species
  std::vector<double> mean;      ///< [setting of Y, setting of X], or [setting of X]
  FixedRule best;                ///< the first of the best ones
};

struct Evaluation {
  Search mortality, escapement;  ///< empty where none are tried
  std::vector<Evaluated> policies;
};

/// Searches the constant rules, then simulates each policy over the same episodes: noise depends on the number of an episode alone, so no result
/// depends on the ranks. Collective.
Evaluation evaluate(Context& context, Config const& config, Grid const& grid, Decisions const& decisions);

}  // namespace bellshard::three_species_fishery
