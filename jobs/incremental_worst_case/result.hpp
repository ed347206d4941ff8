#pragma once
#include <memory>
#include <vector>

#include "jobs/incremental_worst_case/robust_iteration.hpp"
#include "jobs/incremental_worst_case/sequence.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::incremental_worst_case {

/// What one robust value iteration came to.
struct Robust {
  double radius = RobustIteration::whole_family;
  std::unique_ptr<RobustIteration> step;
  DriveResult driven;
};

struct Run {
  Family const& family;
  FamilyOperator& grid;
  Sequence& sequence;
  DriveResult const& driven;
  std::vector<Robust> const& robust;  ///< of the family first, where it was asked for, then of the balls
  std::int64_t start;
};

/// Evaluates policies under every model and writes. Collective.
void write_result(Context& context, Config const& config, Run const& run, io::RunRecord const& record);

}  // namespace bellshard::incremental_worst_case
