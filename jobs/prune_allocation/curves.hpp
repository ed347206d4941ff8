#pragma once
#include <vector>

#include "jobs/prune_allocation/magnitude.hpp"
#include "src/allocation/table.hpp"
#include "src/drive/step.hpp"
#include "src/network/forward.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::prune_allocation {

enum class Distortion { mean, worst };

/// How far outputs are from those of the whole network: the mean square over an image's outputs, of all images the mean or the greatest.
/// Added in the order of the images, so the same bits on any ranks. logits, whole [own image, class]. Collective.
double distortion(MPI_Comm comm, std::vector<float> const& logits, std::vector<float> const& whole, std::int64_t classes, Distortion kind);

/// Measures what each layer loses where it alone is pruned, by `amounts` equal steps from nothing to all: one layer a sweep.
class MeasureCurves : public Step {
 public:
  MeasureCurves(Context& context, network::Network const& network, network::Images const& images, Magnitudes const& magnitudes, std::int64_t amounts, Distortion kind);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(layers() - done_[0]); }
  bool finished() const override { return done_[0] == layers(); }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  Distortion kind() const { return kind_; }
  /// Costs are the weights that are left.
  allocation::Table table() const;

  /// Weights that are left at amount k: floor(weights (1 - k / (amounts - 1))).
  static std::int64_t kept(std::int64_t weights, std::int64_t k, std::int64_t amounts) { return weights * (amounts - 1 - k) / (amounts - 1); }
  /// The layers with their costs; losses rise by 1, where none is measured.
  static allocation::Table unmeasured(network::Network const& network, Magnitudes const& magnitudes, std::int64_t amounts);
  /// Multiplications and additions of all sweeps, for an image.
  static double operations(network::Forward const& forward, std::int64_t amounts);

 private:
  std::int64_t layers() const { return static_cast<std::int64_t>(magnitudes_.layers()); }

  Context& context_;
  network::Network const& network_;
  Magnitudes const& magnitudes_;
  std::int64_t amounts_;
  Distortion kind_;
  network::Forward forward_;
  network::Mask all_;
  std::vector<float> whole_;          ///< [own image, class]
  std::vector<std::int64_t> done_{0};  ///< layers
  std::vector<double> loss_;
  double operations_ = 0;             ///< of all sweeps, for an image
  SweepWork work_;
};

}  // namespace bellshard::prune_allocation
