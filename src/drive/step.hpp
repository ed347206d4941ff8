#pragma once
#include <cstdint>
#include <vector>

#include "io/sharded_array.hpp"

namespace bellshard {

/// What one sweep cost, summed over all ranks.
struct SweepWork {
  double updates = 0;  ///< state updates
  double bytes = 0;    ///< bytes that the kernels read and wrote
  double bytes_received = 0;  ///< bytes that ranks got from each other
};

/// One iterative computation, advanced by drive(). Every call is collective; what it returns is the same on every rank.
class Step {
 public:
  virtual ~Step() = default;

  /// Performs sweep number `sweep` (1, 2, ...; it goes on counting after a restart).
  virtual void advance(std::int64_t sweep) = 0;
  /// Distance from the goal after the last advance(); finished when finished() says so.
  virtual double residual() const = 0;
  virtual bool finished() const = 0;
  /// Will more sweeps not bring it any nearer (rounding allows no more)? Ends the sweeps unfinished.
  virtual bool exhausted() const { return false; }
  /// Share of the way that is done, in [0, 1], where the step knows better than its residual; below 0: it does not.
  virtual double share_done() const { return -1; }
  virtual SweepWork work() const = 0;

  /// The whole state, as named sharded arrays: what a checkpoint holds and a restart fills. Valid after construction.
  virtual std::vector<io::ShardedArray> arrays() = 0;
  /// Called once after arrays() were filled from a checkpoint: rebuild what is derived from them.
  virtual void restored() {}
};

}  // namespace bellshard
