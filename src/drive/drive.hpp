#pragma once
#include <filesystem>
#include <string>

#include "io/run_record.hpp"
#include "src/base/error.hpp"
#include "src/drive/step.hpp"
#include "src/runtime/context.hpp"

namespace bellshard {

struct DriveOptions {
  std::filesystem::path output;    ///< result file; checkpoints take their stem from it
  std::string part;                ///< one of several drives of a run: its checkpoints are those of STEM.PART, and the last one is kept when it is finished
  std::string fingerprint;         ///< the part of the job that a checkpoint must match, as text
  std::int64_t max_sweeps = 1'000'000;
  bool checkpoint_each_sweep = false;  ///< for few, long sweeps: whatever the cadence that was asked for, unless that is never
  double goal = 0;                 ///< the residual to reach, for the progress' time left
  std::string residual_unit = "1";
  std::string residual_name = "residual";  ///< long name, for the trace
};

/// exhausted: the step says that no further sweep can help.
enum class Outcome { finished, exhausted, sweep_limit, stopped };

struct DriveResult {
  Outcome outcome = Outcome::finished;
  std::int64_t sweeps = 0;         ///< of all lives
  double residual = 0;
  double seconds = 0;              ///< of all lives [s]
  double life_seconds = 0;         ///< of this life [s]
  double updates = 0;              ///< state updates of this life
  std::int64_t restart_count = 0;
  std::string reason;              ///< "SIGTERM", "time limit", ... where stopped
  io::Trace trace;                 ///< residual, seconds, updates per second, bytes per second: one row per sweep

  ExitCode exit_code() const {
    return outcome == Outcome::finished  ? ExitCode::done
           : outcome == Outcome::stopped ? ExitCode::stopped_early
                                         : ExitCode::not_converged;
  }
};

/// The only outer loop: restores the newest matching checkpoint where the options say so, then advances the step until it is
/// finished or exhausted, the sweep limit is reached, a signal came or the time limit is near; reports progress, keeps the trace, writes
/// checkpoints at their cadence and before it returns with sweep_limit or stopped. The decision to stop is all-reduced once a
/// sweep, so all ranks leave together.
///
/// Restart: a checkpoint of another job or another fingerprint is refused with exit 4. What may change between two lives
/// (max_sweeps, a tolerance) stays out of the fingerprint. Restart::never passes over the checkpoints that are there and
/// loses nothing: they stay until new ones, with higher numbers, push them out in turn.
///
/// Time limit: stops while 1.5 times (a checkpoint and the longest sweep so far) are left. Until a checkpoint was written,
/// it is taken to need 0.25 s and to go to the disk at 200 MB/s. The options are the same on every rank.
///
/// A checkpoint that cannot be written at its cadence is warned of and the sweeps go on, with the earlier one whole; where
/// it was the last before stopping, drive throws exit 6.
DriveResult drive(Context& context, Step& step, io::RunRecord const& record, DriveOptions const& options);

/// Removes the checkpoints of a run whose result is committed.
void discard_checkpoints(Context& context, DriveOptions const& options);

/// The last line of a run: status, sweeps, residual, seconds, rate, file.
std::string summary_line(DriveResult const& result, std::filesystem::path const& file);

}  // namespace bellshard
