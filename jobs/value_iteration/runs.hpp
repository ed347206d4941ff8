#pragma once
#include "io/run_record.hpp"
#include "jobs/value_iteration/config.hpp"
#include "src/drive/job.hpp"
#include "src/mdp/source.hpp"

namespace bellshard::value_iteration {

// A raster keeps its own way through the job: its ordered sweeps know what lies beside what. All other models share the engine
// in src/mdp.

Estimate estimate_raster(Context& context, Config const& config);
ExitCode run_raster(Context& context, Keys const& keys, Config const& config);

std::unique_ptr<mdp::Source> open_model(Context& context, Config const& config);
Estimate estimate_model(Context& context, Config const& config);
ExitCode run_model(Context& context, Keys const& keys, Config const& config);

/// What a checkpoint must have in common with the run that goes on from it.
std::string problem_text(Keys const& keys, std::string const& criterion_table, std::string const& method, io::RunRecord const& record);

}  // namespace bellshard::value_iteration
