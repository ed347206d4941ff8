#include "src/drive/sweep_trace.hpp"

#include <algorithm>
#include <limits>

namespace bellshard {

SweepTrace::SweepTrace(DriveOptions const& options)
    : columns_{{"residual", options.residual_unit, options.residual_name, {}},
               {"seconds", "s", "time since the first sweep, all lives of the run", {}},
               {"updates_per_second", "s-1", "state updates per second, all ranks", {}},
               {"bytes_per_second", "s-1", "bytes that kernels read and wrote per second, all ranks", {}},
               {"bytes_received", "1", "bytes that ranks got from each other in the sweep, all ranks", {}}} {}

SweepTrace::SweepTrace(DriveOptions const& options, io::Trace const& saved, std::int64_t sweeps) : SweepTrace(options) {
  for (auto& column : columns_) {
    auto const same = std::find_if(saved.begin(), saved.end(), [&](auto const& other) { return other.name == column.name; });
    BELLSHARD_INPUT(same != saved.end() && static_cast<std::int64_t>(same->values.size()) == sweeps,
                    "the checkpoint's trace lacks {} for its {} sweeps, so another version wrote it; start over with --restart never",
                    column.name, sweeps);
    column.values = same->values;
  }
}

void SweepTrace::add(double residual, double seconds, double duration, SweepWork const& work) {
  // A sweep shorter than the clock's tick has no rate worth showing, but must not divide by 0.
  double const divisor = std::max(duration, 1e-9);
  columns_[0].values.push_back(residual);
  columns_[1].values.push_back(seconds);
  columns_[2].values.push_back(work.updates / divisor);
  columns_[3].values.push_back(work.bytes / divisor);
  columns_[4].values.push_back(work.bytes_received);
}

double SweepTrace::last_residual() const {
  auto const& residuals = columns_[0].values;
  return residuals.empty() ? std::numeric_limits<double>::infinity() : residuals.back();
}

}  // namespace bellshard
