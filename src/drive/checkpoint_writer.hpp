#pragma once
#include <cmath>

#include "io/checkpoint/checkpoint.hpp"
#include "src/drive/restore.hpp"

namespace bellshard {

/// Seconds of rank 0's clock, the same on every rank, so that all decide alike. Collective.
double shared_seconds(Context const& context);

/// Writes the checkpoints of one life: when they are due, what they cost. Says the same on every rank.
class CheckpointWriter {
 public:
  CheckpointWriter(Context& context, io::CheckpointStore& store, Step& step, io::RunRecord const& record, DriveOptions const& options,
                   Start const& start, double now);

  bool due(double now) const {
    auto const every = context_.options().checkpoint_every;
    return now >= not_before_ && ((each_sweep_ && !std::isinf(every)) || now - written_at_ >= every);
  }
  /// What the next one will take: as the last one did, or by size at a cautious speed [s].
  double expected_seconds() const { return expected_seconds_; }

  /// Does nothing where this sweep is on the disk already; exit 6 where it cannot be written. `seconds`: of all lives.
  void write(std::int64_t sweep, double seconds, io::Trace const& trace);
  /// The same, but where it cannot be written it warns, and none is due for a minute: the run goes on.
  void try_write(std::int64_t sweep, double seconds, io::Trace const& trace);

 private:
  Context& context_;
  io::CheckpointStore& store_;
  Step& step_;
  io::RunRecord const& record_;
  io::CheckpointHeader header_;
  double bytes_ = 0;
  bool each_sweep_;
  double written_at_;
  double not_before_ = 0;
  double expected_seconds_ = 0;
};

}  // namespace bellshard
