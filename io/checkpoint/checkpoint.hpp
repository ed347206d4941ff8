#pragma once
#include <mpi.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "io/run_record.hpp"
#include "io/sharded_array.hpp"
#include "io/stream_limits.hpp"

namespace bellshard::io {

/// What a checkpoint says of itself besides its arrays.
struct CheckpointHeader {
  std::string job;
  std::string fingerprint;   ///< the parts of the job file that define the problem; a restart must match it
  std::int64_t sweep = 0;
  std::int64_t restart_count = 0;
  double seconds = 0;        ///< spent by all lives so far [s]
};

/// A checkpoint's piece: what one checksum covers.
inline constexpr StreamLimits checkpoint_limits{std::size_t{16} << 20};

/// Numbered checkpoints STEM.checkpoint-000001.h5, ... of one run, beside its result. All calls are collective.
/// The stem is the result's path without .h5: out/ocean_route.
///
/// write() is atomic: STEM.checkpoint-N.h5.tmp, flush, close, fsync, rename, fsync the folder; then the newest two stay.
/// Arrays lie in global order with checksums of every piece that was written, so any number of ranks reads them back.
class CheckpointStore {
 public:
  CheckpointStore(MPI_Comm comm, std::filesystem::path stem, StreamLimits limits = checkpoint_limits);

  /// Exit 6 where it cannot be written; earlier checkpoints stay whole. Returns the path.
  std::filesystem::path write(RunRecord const& record, CheckpointHeader const& header, Trace const& trace,
                              std::vector<ShardedArray> const& arrays);

  struct Found {
    std::filesystem::path path;
    CheckpointHeader header;
    std::string program;  ///< that wrote it: name, version, git hash
  };
  /// The newest checkpoint that is whole (every checksum right), else the one before; says through `warn` (on every rank) which
  /// were passed over and why; these go with the next write(). Empty where there is none at all; exit 4 where there are some and all are broken.
  std::optional<Found> newest(std::function<void(std::string const&)> const& warn) const;
  /// One named checkpoint; exit 4 where it is absent, broken or no checkpoint.
  Found open(std::filesystem::path const& path) const;

  /// Restores the arrays (by name, type and shape, else exit 4) and the trace so far.
  Trace read(Found const& found, std::vector<ShardedArray> const& arrays) const;

  /// Removes the checkpoints of this run (after its result is committed).
  void remove_all() const;

 private:
  std::vector<std::int64_t> numbers() const;  ///< on disk, rising; the same on every rank
  std::filesystem::path path_of(std::int64_t number) const;
  void drop(std::set<std::int64_t> const& numbers) const;
  MPI_Comm comm_;
  std::filesystem::path stem_;
  StreamLimits limits_;
  mutable std::set<std::int64_t> broken_;  ///< numbers that newest() passed over
};

}  // namespace bellshard::io
