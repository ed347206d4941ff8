#pragma once
#include "jobs/bid_optimization/optimization.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::bid_optimization {

/// /results and /trace. Collective.
void write_result(Context& context, Config const& config, Campaign const& campaign, Optimization const& step, io::RunRecord const& record, DriveResult const& driven);

/// The table for people: what each rule brought.
void log_outcomes(Context& context, Config const& config, Campaign const& campaign, Replay const& replay);

}  // namespace bellshard::bid_optimization
