#pragma once
#include "jobs/distributional_vi/start.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::distributional_vi {

/// What is written together.
struct Solved {
  Config const& config;
  Plan const& plan;
  mdp::Source const& source;
  Shard const& shard;
  Iteration const& iteration;
  Starts const& starts;
};

/// /results and /trace. Collective.
void write_result(Context& context, Solved const& solved, io::RunRecord const& record, DriveResult const& driven);

}  // namespace bellshard::distributional_vi
