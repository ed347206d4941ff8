#pragma once
#include <filesystem>

#include "io/run_record.hpp"
#include "jobs/value_iteration/raster_iteration.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::value_iteration {

/// What a result says of itself.
struct Proof {
  double width = 0;                   ///< max (upper - lower) / max(1, |upper|) [1]
  std::int64_t lower_violations = 0;  ///< states where T lower >= lower fails
  std::int64_t upper_violations = 0;  ///< states where T upper <= upper fails
  bool holds() const { return lower_violations == 0 && upper_violations == 0; }
};

/// Writes value, lower, upper, action and cell over [lat, lon] or [row, column], and the trace; the bounds as they are
/// written pass (or fail) the two verifying sweeps, whose answer is returned and stands in the file.
Proof write_result(Context& context, RasterProblem& problem, RasterIteration& iteration, Config const& config,
                   io::RunRecord const& record, DriveResult const& driven);

/// Reads a result back and repeats the two checks on what the file holds, and lower <= value <= upper.
Proof verify_result(Context& context, RasterProblem& problem, std::filesystem::path const& file);

}  // namespace bellshard::value_iteration
