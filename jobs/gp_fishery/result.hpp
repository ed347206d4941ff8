#pragma once
#include "jobs/gp_fishery/fishery.hpp"
#include "jobs/gp_fishery/simulation.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::gp_fishery {

/// A policy and what it led to.
struct Managed {
  std::string name;
  Decision decision;  ///< of a policy that was given: its value is not a number
  std::int64_t sweeps = 0;
  double change = 0;
  Paths paths;
};

/// /results and /trace. Collective.
void write_result(Context& context, Config const& config, Series const& series, Fishery& fishery, std::vector<Managed> const& managed, io::RunRecord const& record, DriveResult const& driven);

/// Mean profit over that of the true model's policy; not a number where that was not asked for.
std::vector<double> profit_ratios(std::vector<Managed> const& managed);

}  // namespace bellshard::gp_fishery
