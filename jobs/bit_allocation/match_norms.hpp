#pragma once
#include <vector>

#include "jobs/bit_allocation/quantiser.hpp"

namespace bellshard::bit_allocation {

/// Re-estimates batch norms: on the images, each output of a quantised convolution gets the mean and the variance that it has in the float32 network.
class MatchNorms {
 public:
  /// forward: of the float32 network over the images. Collective.
  MatchNorms(Context const& context, network::Images const& images, network::Forward const& forward);

  /// Scale and shift of a convolution whose inputs are those of `forward` (from: the input of its block), where `now` is in force. Collective.
  Norm matched(network::Forward const& forward, std::size_t layer, Norm const& now, network::Activations const* from) const;

  /// Of all layers, one after the other, each put in force before the next: a network with these bits [layer]. Collective.
  std::vector<Norm> match_all(network::Forward& forward, Quantiser const& quantiser, std::vector<std::int32_t> const& bits) const;

 private:
  struct Moments {
    std::vector<double> mean, variance;  ///< [output]
  };
  /// Over the images of all ranks, summed in their order.
  Moments moments(network::Forward const& forward, std::size_t layer, network::Activations const* from) const;
  /// visit(layer, activations at its block's input) for each convolution in turn; what visit() puts in force holds for those behind it.
  template <class Visit>
  void for_each_convolution(network::Forward const& forward, Visit const& visit) const;

  Context const& context_;
  network::Images const& images_;
  std::vector<Moments> whole_;  ///< [convolution] in float32
};

}  // namespace bellshard::bit_allocation
