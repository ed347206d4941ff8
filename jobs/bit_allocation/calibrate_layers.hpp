#pragma once
#include <vector>

#include "jobs/bit_allocation/fit_layer.hpp"
#include "src/drive/step.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::bit_allocation {

/// Layers at each precision, as they were fitted; the same on every rank.
class FittedLayers {
 public:
  FittedLayers(network::Network const& network, std::vector<std::int32_t> bits);

  std::size_t tasks() const { return network_.layers.size() * bits_.size(); }
  std::size_t layer_of(std::size_t task) const { return task / bits_.size(); }
  std::int32_t bits_of(std::size_t task) const { return bits_[task % bits_.size()]; }

  FittedLayer get(std::size_t layer, std::int32_t bits) const;
  void set(std::size_t task, FittedLayer const& fitted);
  std::vector<double> errors(double FittedLayer::* which) const;  ///< error_before or error_after, [layer, precision]

  std::vector<io::ShardedArray> arrays();

 private:
  FittedLayer at(std::size_t task) const;

  network::Network const& network_;
  std::vector<std::int32_t> bits_;
  std::vector<std::size_t> first_weight_, first_shift_;  ///< [task]
  std::vector<float> weight_, shift_;                    ///< of the tasks, one behind the other
  std::vector<double> numbers_;                          ///< [task, (scale, zero, most of the input's levels, error before, after)]
};

// Bytes on a rank: of all that was fitted, and of the largest fit with its layer's samples.
double fitted_bytes(network::Network const& network, std::size_t precisions);
double largest_fit_bytes(network::Network const& network, network::ImageShape const& images, std::int64_t batch);

/// Fits each layer at each precision, independently of the others: a task that one rank does alone. As many tasks a sweep as there are ranks.
class CalibrateLayers : public Step {
 public:
  /// images: all of them, whole on this rank. ranges [layer] of the inputs; empty: these are not quantised.
  CalibrateLayers(Context& context, network::Network const& network, network::Images const& images, std::vector<network::InputRange> ranges, std::vector<std::int32_t> bits, FitConfig const& config);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(tasks() - done_[0]); }
  bool finished() const override { return done_[0] == tasks(); }
  double share_done() const override;
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  FittedLayers const& fitted() const { return fitted_; }

 private:
  std::int64_t tasks() const { return static_cast<std::int64_t>(fitted_.tasks()); }
  double operations(std::int64_t tasks) const;  ///< of the first so many, of an image
  FittedLayer fit(std::size_t task);

  Context& context_;
  network::Network const& network_;
  std::vector<LayerShape> shape_;
  LayerWalk walk_;
  std::vector<network::InputRange> ranges_;
  FitConfig config_;
  FittedLayers fitted_;
  std::vector<std::int64_t> done_{0};  ///< tasks
  SweepWork work_;
};

}  // namespace bellshard::bit_allocation
