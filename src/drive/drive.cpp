#include "src/drive/drive.hpp"

#include <algorithm>

#include "io/hdf5/pending_path.hpp"
#include "src/base/fault.hpp"
#include "src/drive/checkpoint_writer.hpp"
#include "src/drive/restore.hpp"
#include "src/runtime/progress.hpp"
#include "src/runtime/stop_signal.hpp"

namespace bellshard {
namespace {

constexpr double safety = 1.5;  // of the time that is kept for the last checkpoint

std::filesystem::path checkpoint_stem(DriveOptions const& options) {
  auto stem = options.output.parent_path() / options.output.stem();
  if (!options.part.empty()) stem += "." + options.part;
  return stem;
}

/// What all ranks agree on after a sweep, by one small reduction.
struct Agreement {
  double seconds;  ///< on rank 0's clock
  int signal;      ///< the one that any rank was sent, or 0
};

Agreement agree(Context const& context) {
  double both[2] = {context.root() ? context.seconds() : 0, static_cast<double>(pending_stop_signal())};
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, both, 2, MPI_DOUBLE, MPI_MAX, context.comm()));
  return {both[0], static_cast<int>(both[1])};
}

Progress make_progress(Context const& context, DriveOptions const& options, Start const& start, double now) {
  bool const terminal = context.log().terminal();
  auto sink = [&log = context.log(), terminal](std::string const& text) {
    if (terminal) {
      log.rewrite(text);
    } else {
      log.info("{}", text);
    }
  };
  return Progress(terminal ? Progress::Style::rewritten : Progress::Style::lines,
                  {.residual = options.goal, .unit = options.residual_unit, .max_sweeps = options.max_sweeps},
                  {.sweep = start.sweep, .residual = start.trace.last_residual(), .seconds = now}, sink);
}

}  // namespace

DriveResult drive(Context& context, Step& step, io::RunRecord const& record, DriveOptions const& options) {
  // Better now than after hours of sweeps: can the result be written at all?
  together(context.comm(), [&] {
    auto file = checkpoint_stem(options);
    if (context.root()) io::try_to_create(options.part.empty() ? options.output : file += ".h5");  // the result itself may be open
  });
  io::CheckpointStore store(context.comm(), checkpoint_stem(options));
  auto const start = restore(context, store, step, record, options);
  double const begin = shared_seconds(context);
  CheckpointWriter checkpoints(context, store, step, record, options, start, begin);
  auto progress = make_progress(context, options, start, begin);
  auto trace = start.trace;

  DriveResult result;
  result.outcome = Outcome::sweep_limit;  // unless the sweeps below end otherwise
  result.sweeps = start.sweep;
  result.seconds = start.seconds;
  result.restart_count = start.restart_count;
  if (start.sweep > 0 && step.finished()) result.outcome = Outcome::finished;

  double const limit = context.options().time_limit;
  double longest_sweep = 0;
  double sweep_began = begin;
  while (result.outcome != Outcome::finished && result.sweeps < options.max_sweeps) {
    step.advance(++result.sweeps);
    fault_place("sweep", "advanced");

    auto const now = agree(context);
    double const duration = now.seconds - sweep_began;
    longest_sweep = std::max(longest_sweep, duration);
    result.updates += step.work().updates;
    result.life_seconds = now.seconds - begin;
    result.seconds = start.seconds + result.life_seconds;
    trace.add(step.residual(), result.seconds, duration, step.work());
    progress.show({result.sweeps, step.residual(), result.updates, now.seconds, step.share_done()});

    if (step.finished() || step.exhausted()) {
      result.outcome = step.finished() ? Outcome::finished : Outcome::exhausted;
      break;
    }
    if (result.sweeps == options.max_sweeps) break;

    bool const due = checkpoints.due(now.seconds);
    double const still_needed = safety * (checkpoints.expected_seconds() + longest_sweep) + (due ? checkpoints.expected_seconds() : 0);
    bool const late = limit > 0 && now.seconds + still_needed >= limit;
    if (now.signal != 0 || late) {
      result.outcome = Outcome::stopped;
      result.reason = now.signal != 0 ? signal_name(now.signal) : "time limit";
      break;
    }
    if (due) checkpoints.try_write(result.sweeps, result.seconds, trace.rows());
    sweep_began = due ? shared_seconds(context) : now.seconds;
  }

  if (result.outcome == Outcome::stopped) checkpoints.write(result.sweeps, result.seconds, trace.rows());
  bool const kept = !options.part.empty() && result.sweeps > start.sweep;
  if (result.outcome == Outcome::sweep_limit || kept) checkpoints.try_write(result.sweeps, result.seconds, trace.rows());
  result.residual = trace.last_residual();
  result.trace = trace.rows();
  return result;
}

void discard_checkpoints(Context& context, DriveOptions const& options) {
  io::CheckpointStore(context.comm(), checkpoint_stem(options)).remove_all();
}

}  // namespace bellshard
