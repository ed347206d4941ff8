#include "src/drive/checkpoint_writer.hpp"

#include "src/runtime/human.hpp"

namespace bellshard {
namespace {

constexpr double cautious_latency = 0.25;    // of a file system under load, open to fsync [s]
constexpr double cautious_speed = 200e6;     // of the same [B/s]
constexpr double pause_after_failure = 60;  // a full disk does not empty itself between two sweeps [s]

double bytes_of(std::vector<io::ShardedArray> const& arrays) {
  double bytes = 0;
  for (auto const& array : arrays) {
    bytes += static_cast<double>(array.shape.at(0)) * static_cast<double>(io::item_elements(array)) *
             static_cast<double>(io::bytes_of(array.type));
  }
  return bytes;
}

}  // namespace

double shared_seconds(Context const& context) {
  double seconds = context.seconds();
  BELLSHARD_MPI(MPI_Bcast(&seconds, 1, MPI_DOUBLE, 0, context.comm()));
  return seconds;
}

CheckpointWriter::CheckpointWriter(Context& context, io::CheckpointStore& store, Step& step, io::RunRecord const& record,
                                   DriveOptions const& options, Start const& start, double now)
    : context_(context),
      store_(store),
      step_(step),
      record_(record),
      header_{record.job, options.fingerprint, start.sweep, start.restart_count, start.seconds},
      bytes_(bytes_of(step.arrays())),
      each_sweep_(options.checkpoint_each_sweep),
      written_at_(now),
      expected_seconds_(cautious_latency + bytes_ / cautious_speed) {}

void CheckpointWriter::write(std::int64_t sweep, double seconds, io::Trace const& trace) {
  if (sweep == header_.sweep) return;
  auto header = header_;
  header.sweep = sweep;
  header.seconds = seconds;

  double const begin = shared_seconds(context_);
  auto const path = store_.write(record_, header, trace, step_.arrays());
  written_at_ = shared_seconds(context_);

  header_ = header;
  expected_seconds_ = written_at_ - begin;
  context_.log().info("checkpoint after sweep {}: {} ({} in {})", sweep, path.string(), human_bytes(bytes_),
                      human_seconds(expected_seconds_));
}

void CheckpointWriter::try_write(std::int64_t sweep, double seconds, io::Trace const& trace) {
  try {
    write(sweep, seconds, trace);
  } catch (Error const& error) {
    if (error.code() != ExitCode::cannot_write) throw;
    not_before_ = shared_seconds(context_) + pause_after_failure;
    context_.log().warn("no checkpoint after sweep {}: {}; the run goes on, earlier checkpoints are whole", sweep, error.what());
  }
}

}  // namespace bellshard
