#pragma once
#include "jobs/depth_shrink/shrink.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::depth_shrink {

/// /results and /trace. Collective.
void write_result(Context& context, Config const& config, Blocks const& blocks, Shrink const& shrink, io::RunRecord const& record, DriveResult const& driven);

}  // namespace bellshard::depth_shrink
