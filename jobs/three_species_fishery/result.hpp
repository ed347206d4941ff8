#pragma once
#include "jobs/three_species_fishery/evaluation.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::three_species_fishery {

/// /results, with the decisions in /results/policy, and /trace. Collective.
void write_result(Context& context, Config const& config, Grid const& grid, Backward const& backward, Evaluation const& evaluation, double value_at_start,
                  io::RunRecord const& record, DriveResult const& driven);

}  // namespace bellshard::three_species_fishery
