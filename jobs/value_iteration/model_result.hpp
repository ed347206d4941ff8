#pragma once
#include "io/run_record.hpp"
#include "jobs/value_iteration/config.hpp"
#include "src/drive/drive.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::value_iteration {

/// Writes the answer over the axis "state", with the model's state variables beside it, the answer at the initial states, and
/// the trace. Collective.
void write_model_result(Context& context, mdp::Source const& source, Partition const& states, mdp::Answer const& answer,
                        Config const& config, io::RunRecord const& record, DriveResult const& driven);

}  // namespace bellshard::value_iteration
