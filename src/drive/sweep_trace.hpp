#pragma once
#include "io/run_record.hpp"
#include "src/drive/drive.hpp"

namespace bellshard {

/// The trace as drive() keeps it, one row per sweep.
class SweepTrace {
 public:
  /// No rows yet.
  explicit SweepTrace(DriveOptions const& options);
  /// Goes on after the rows of a checkpoint; exit 4 where its columns are not these or its rows not `sweeps`.
  SweepTrace(DriveOptions const& options, io::Trace const& saved, std::int64_t sweeps);

  /// seconds: since the first sweep, all lives [s]; duration: of this sweep [s].
  void add(double residual, double seconds, double duration, SweepWork const& work);

  double last_residual() const;  ///< infinity where there are no rows
  io::Trace const& rows() const { return columns_; }

 private:
  io::Trace columns_;
};

}  // namespace bellshard
