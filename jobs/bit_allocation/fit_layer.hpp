#pragma once
#include <vector>

#include "jobs/bit_allocation/layer_samples.hpp"
#include "kernels/network/straight_through.hpp"
#include "src/network/forward.hpp"

namespace bellshard::bit_allocation {

/// How a layer at a precision is fitted to its float32 outputs (AdaQuant, Hubara et al. 2021).
struct FitConfig {
  std::int64_t iterations = 1000;
  std::int64_t batch = 50;           ///< images
  double weight_rate = 1e-5;         ///< of Adam
  double bias_rate = 1e-3;           ///< of the batch norm's shift, or the linear layer's bias
  double weight_range_rate = 1e-3;   ///< of range and least number of each output channel's levels
  double input_range_rate = 1e-1;    ///< of those of the input's
  std::int64_t seed = 0;             ///< of the batches
};

/// A layer at a precision.
struct FittedLayer {
  std::vector<float> weight;  ///< as of network::Layer, at their levels
  std::vector<float> shift;   ///< [output]
  network::Levels input;      ///< Levels{}: not quantised
  double error_before = 0, error_after = 0;  ///< mean squared error of the outputs over all samples: rounded to nearest, and as it is here
};

/// Moves weights, shift, and range and least number of the levels of weights (for each output channel) and of the input by Adam, with slopes straight
/// through rounding, such that the mean squared error of the layer's outputs falls. Of what it looks at (after each quarter of the iterations, with all
/// samples) the best is kept, rounding to nearest included. range: nullptr: the input is not quantised.
FittedLayer fit_layer(network::Layer const& layer, LayerSamples const& samples, network::InputRange const* range, std::int32_t bits, FitConfig const& config);

/// Bytes of a fit beside its samples: the maps of a batch, weights and what Adam remembers of them.
double fit_bytes(LayerShape const& shape, std::int64_t batch);

}  // namespace bellshard::bit_allocation
