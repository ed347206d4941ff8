#pragma once
#include "kernels/network/convolution.hpp"
#include "kernels/network/samples.hpp"
#include "src/network/images.hpp"
#include "src/network/network.hpp"

namespace bellshard::bit_allocation {

/// A layer between its neighbours.
struct LayerShape {
  std::int64_t inputs = 0, outputs = 0;
  std::int64_t in_rows = 0, in_columns = 0, rows = 0, columns = 0;
  int stride = 1, taps = 9;        ///< taps 1: the linear layer
  int shortcut_first = 0;          ///< output that the shortcut's first channel is added to
  std::int64_t shortcut_inputs = 0;  ///< 0: no shortcut
  std::int64_t shortcut_rows = 0, shortcut_columns = 0;

  network::Ending ending() const { return taps == 1 ? network::Ending::plain : network::Ending::rectified; }
  std::int64_t in_cells() const { return inputs * in_rows * in_columns; }
  std::int64_t cells() const { return outputs * rows * columns; }
  std::int64_t shortcut_cells() const { return shortcut_inputs * shortcut_rows * shortcut_columns; }
};

/// [layer], for pictures of so many rows and columns.
std::vector<LayerShape> layer_shapes(network::Network const& network, network::ImageShape const& images);

/// What a layer is given in the float32 network and what comes out: of the second layer of a block after the shortcut is added, and after max(0, ...),
/// as only that reaches the layers behind it.
struct LayerSamples {
  LayerShape shape;
  network::Samples in, out, shortcut;  ///< [image]; shortcut empty where there is none

  std::int64_t images() const { return static_cast<std::int64_t>(in.extent(0)); }
};

double sample_bytes(LayerShape const& shape, std::int64_t images);

/// 0, 1, 2, ...: all images, for take().
Array<std::int64_t> in_order(std::int64_t images);

/// Maps of a batch of a layer's samples, and its forward pass.
struct LayerBatch {
  LayerShape shape;
  std::int64_t images = 0;  ///< of the batch that was taken
  network::FeatureMaps in, out, wanted, shortcut;

  LayerBatch(LayerShape const& shape, std::int64_t most_images);
  std::int64_t most() const { return static_cast<std::int64_t>(in.extent(0)) * network::lanes; }
  void take(LayerSamples const& samples, Array<std::int64_t const> const& chosen, std::int64_t first, std::int64_t count);
  /// out of `given`; weight of the linear layer: [output, input], its bias as shift.
  void pass(network::ConvolutionWeights const& layer, network::ConstFeatureMaps const& given) const;
};

/// Scale and shift of a layer with room for whole tiles, and its weights as kernels take them.
network::ConvolutionWeights weights_of(network::Layer const& layer);

/// Goes through the float32 network layer by layer with all images, whole on this rank, and keeps a layer's samples.
class LayerWalk {
 public:
  LayerWalk(network::Network const& network, network::Images const& images) : network_(network), images_(images), shape_(layer_shapes(network, images)) {}

  /// Samples of a layer, until the next call. Cheap for the same layer, a pass through what lies between for a later one, else from the images.
  LayerSamples const& at(std::size_t layer);

 private:
  void begin();
  void advance();
  void pass_through();  ///< makes `out` of what is given
  network::Samples pooled(network::Samples const& maps, LayerShape const& from) const;

  network::Network const& network_;
  network::Images const& images_;
  std::vector<LayerShape> shape_;
  std::size_t layer_ = 0;
  LayerSamples samples_;
};

}  // namespace bellshard::bit_allocation
