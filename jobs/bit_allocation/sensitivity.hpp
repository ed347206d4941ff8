#pragma once
#include <array>
#include <vector>

#include "jobs/bit_allocation/quantiser.hpp"
#include "src/drive/step.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::bit_allocation {

inline constexpr double least_loss = 1e-6;  ///< [nat] of a layer that is not as in the base: lower precisions never look like gains

/// Of a quantised network: its cross-entropy, or the Kullback-Leibler divergence of its outputs from those of the float32 network.
enum class Loss { cross_entropy, divergence };

/// Measures both losses of the network where one layer runs at a precision and all others at the base's, layer by layer: one layer a sweep.
class MeasureSensitivity : public Step {
 public:
  MeasureSensitivity(Context& context, network::Images const& images, network::Forward& forward, Quantiser const& quantiser, std::vector<std::int32_t> bits, std::int32_t base);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(layers() - done_[0]); }
  bool finished() const override { return done_[0] == layers(); }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  double of_base(Loss loss) const { return base_[index(loss)]; }                                     ///< [nat]
  std::vector<double> const& of_layers(Loss loss) const { return of_layers_[index(loss)]; }  ///< [layer, precision] [nat]
  /// max(loss - that of the base, least_loss), 0 at the base's precision [layer, precision] [nat]
  std::vector<double> increase(Loss loss) const;

 private:
  using Losses = std::array<double, 2>;
  static std::size_t index(Loss loss) { return static_cast<std::size_t>(loss); }
  Losses measured(network::Activations const* from) const;

  std::int64_t layers() const { return static_cast<std::int64_t>(forward_.network().layers.size()); }
  double operations(std::int64_t layers) const;  ///< of the sweeps of so many layers, for an image

  Context& context_;
  network::Images const& images_;
  network::Forward& forward_;
  Quantiser const& quantiser_;
  std::vector<std::int32_t> bits_;
  std::int32_t base_bits_;
  network::Mask all_;
  std::vector<float> whole_;  ///< logits in float32 [own image, class]
  Losses base_{};
  std::vector<std::int64_t> done_{0};  ///< layers
  std::array<std::vector<double>, 2> of_layers_;
  SweepWork work_;
};

}  // namespace bellshard::bit_allocation
