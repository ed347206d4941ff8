#pragma once
#include <string>

#include "io/checkpoint/checkpoint.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/sweep_trace.hpp"

namespace bellshard {

/// Where the sweeps of this life begin.
struct Start {
  std::int64_t sweep = 0;
  std::int64_t restart_count = 0;
  double seconds = 0;  ///< of the lives before [s]
  SweepTrace trace;
};

/// Fills the step from the checkpoint that the options ask for, or leaves it as it is. Collective.
Start restore(Context& context, io::CheckpointStore const& store, Step& step, io::RunRecord const& record, DriveOptions const& options);

/// The first line in which two TOML texts differ, with its table: "[model] drift = 0.1 there, drift = 0.2 here".
std::string first_difference(std::string const& there, std::string const& here);

}  // namespace bellshard
