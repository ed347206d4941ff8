#pragma once
#include <memory>

#include "jobs/value_iteration/raster_enclosure.hpp"
#include "kernels/lattice/tile_sweep.hpp"
#include "src/drive/step.hpp"

namespace bellshard::value_iteration {

/// What both methods share: a stage of values, its proof, and the state of a checkpoint.
class RasterIteration : public Step {
 public:
  RasterIteration(Context& context, RasterProblem& problem, Config const& config);

  double residual() const override { return residual_; }
  bool finished() const override { return proven_; }  ///< the enclosure is as narrow as the tolerance, and checked
  bool exhausted() const override { return at_floor_; }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;
  void restored() override { problem_.refresh(values_); }

  Array<double> const& values() const { return values_; }
  /// An array as large as values() that nobody needs between sweeps.
  virtual Array<double> const& scratch() = 0;

 protected:
  /// Measures the enclosure and, where it is narrow enough, proves it by the two verifying sweeps. Margins filled.
  void try_to_prove();
  /// Ends the sweeps unproven: rounding allows no narrower proof.
  void give_up() { at_floor_ = !proven_; }

  Context& context_;
  RasterProblem& problem_;
  double tolerance_;
  Array<double> values_;
  double bytes_received_;  ///< of the exchange that each sweep makes, all ranks
  double residual_ = 0;  ///< largest change of a value relative to the cost of a step
  SweepWork work_;

 private:
  bool proven_ = false;
  bool at_floor_ = false;
};

/// Synchronous sweeps (Jacobi): the same bits for any number of ranks and threads. Border rows wait for the margins while the
/// interior is swept.
class SynchronousIteration : public RasterIteration {
 public:
  SynchronousIteration(Context& context, RasterProblem& problem, Config const& config);
  void advance(std::int64_t sweep) override;
  Array<double> const& scratch() override { return next_; }

 private:
  Array<double> next_;
};

/// Ordered sweeps (Gauss-Seidel) over tiles that still change: a sweep is eight passes, one in each order; between ranks the
/// stage before holds.
/// Tiles near the targets come first: the key limit rises when all tiles below it are calm, so that far water does not follow
/// every early guess.
class OrderedIteration : public RasterIteration {
 public:
  OrderedIteration(Context& context, RasterProblem& problem, Config const& config);
  void advance(std::int64_t sweep) override;
  double share_done() const override;
  Array<double> const& scratch() override;
  void restored() override;

 private:
  lattice::TileSweep tiles_;
  MarginWatch margins_;
  double threshold_;       ///< change of a calm tile, relative to the cost of a step
  double rounding_ = 0;    ///< changes below this are noise
  float key_limit_ = 0, key_step_ = 0, largest_key_ = 0;  ///< [cost]
  Array<double> scratch_;
};

std::unique_ptr<RasterIteration> make_iteration(Context& context, RasterProblem& problem, Config const& config);

}  // namespace bellshard::value_iteration
