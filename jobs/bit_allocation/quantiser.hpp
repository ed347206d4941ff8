#pragma once
#include <cstdint>
#include <vector>

#include "src/network/forward.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::bit_allocation {

inline constexpr std::int32_t float32 = 32;  ///< as a precision: not quantised

/// Sets layers of a network to precisions: weights by their own range per output channel, inputs by one range per layer that images showed.
class Quantiser {
 public:
  /// ranges [layer], or empty: inputs stay in float32.
  Quantiser(network::Network const& network, std::vector<network::InputRange> ranges) : network_(network), ranges_(std::move(ranges)) {}

  void set(network::Forward& forward, std::size_t layer, std::int32_t bits) const;
  void set_all(network::Forward& forward, std::int32_t bits) const;

 private:
  network::Network const& network_;
  std::vector<network::InputRange> ranges_;
};

/// Of each layer's input over the images of all ranks. Collective.
std::vector<network::InputRange> input_ranges(Context const& context, network::Forward const& forward);

}  // namespace bellshard::bit_allocation
