#pragma once
#include <cstdint>
#include <vector>

#include "jobs/bit_allocation/calibrate_layers.hpp"
#include "src/network/forward.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::bit_allocation {

inline constexpr std::int32_t float32 = 32;  ///< as a precision: not quantised

/// What is put on a layer's sums; of the linear layer the shift is its bias.
struct Norm {
  std::vector<float> scale, shift;  ///< [output]
};

/// Sets layers of a network to precisions. Rounded to nearest: weights by their own range per output channel, inputs by one range per layer that images
/// showed. Or as they were fitted.
class Quantiser {
 public:
  /// ranges [layer], or empty: inputs stay in float32. fitted: nullptr: rounded to nearest.
  Quantiser(network::Network const& network, std::vector<network::InputRange> ranges, FittedLayers const* fitted = nullptr) : network_(network), ranges_(std::move(ranges)), fitted_(fitted) {}

  void set(network::Forward& forward, std::size_t layer, std::int32_t bits) const;
  void set_all(network::Forward& forward, std::int32_t bits) const;
  /// What set() leaves on the layer's sums.
  Norm norm(std::size_t layer, std::int32_t bits) const;

 private:
  network::Network const& network_;
  std::vector<network::InputRange> ranges_;
  FittedLayers const* fitted_;
};

/// Of each layer's input over the images of all ranks. Collective.
std::vector<network::InputRange> input_ranges(Context const& context, network::Forward const& forward);

}  // namespace bellshard::bit_allocation
