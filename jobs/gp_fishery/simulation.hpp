#pragma once
#include "jobs/gp_fishery/config.hpp"
#include "src/base/block.hpp"
#include "src/dist/statistics.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::gp_fishery {

/// The paths of the true stock under one policy.
struct Paths {
  std::vector<double> stock, harvest, profit;  ///< of the kept ones on this rank [path, year]
  Statistics profits;                          ///< of all paths: the sum over the years
  double extinct = 0;                          ///< share of the paths that end nearest to stock 0
  std::vector<double> total;                   ///< profit of each path, on every rank
};

/// The kept paths of this rank: the first ones of all that fall into its block.
Block own_kept_paths(Context const& context, Config const& config);

/// The true stock under a policy (index of the harvest for each stock of the grid), path by path; the same random numbers for each policy. Collective.
Paths simulate(Context& context, Config const& config, std::vector<std::int32_t> const& policy);

}  // namespace bellshard::gp_fishery
