#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/network/convolution.hpp"
#include "kernels/network/quantise.hpp"
#include "src/network/images.hpp"
#include "src/network/network.hpp"

namespace bellshard::network {

/// [block] 1: in force, 0: replaced by the identity, for removable blocks alone.
using Mask = std::vector<std::uint8_t>;

/// The input of a block for all own images, kept: passes that agree on all before it begin here. block = number of blocks: the input of
/// the mean.
struct Activations {
  std::size_t block = 0;
  FeatureMaps maps;
};

// Memory of a rank with so many own images, in bytes: of Activations at a block's input (at that which takes most), of the maps of a batch, and of a Forward with
// weights, pixels and a batch.
double activation_bytes(Network const& network, ImageShape const& images, std::int64_t own_images, std::size_t block);
double most_activation_bytes(Network const& network, ImageShape const& images, std::int64_t own_images);
double batch_bytes(Network const& network, ImageShape const& images, std::int64_t own_images, std::int64_t batch);

double forward_bytes(Network const& network, ImageShape const& images, std::int64_t own_images, std::int64_t batch = 0);

/// Least and greatest number of a layer's input; 0 lies between them.
struct InputRange {
  float least = 0, greatest = 0;
};

/// Forward passes of a network over this rank's images, batch by batch, in float32. An image's numbers do not depend on the images beside it,
/// so they are the same bits for any ranks and batches. Nothing here is collective.
class Forward {
 public:
  /// batch: images at once, rounded up to whole groups; 0: as many as keep the execution space busy.
  Forward(Network const& network, Images const& images, std::int64_t batch = 0);

  Network const& network() const { return network_; }
  /// Weights [output, input, 3, 3] (of the linear layer [output, input]) in place of the layer's own, to prune or quantise it.
  void replace_weight(std::size_t layer, std::vector<float> const& weight);
  /// Batch norm (of the linear layer: the bias as shift) in place of the layer's own.
  void replace_norm(std::size_t layer, std::vector<float> scale, std::vector<float> shift);
  /// From now on the layer's input is rounded to these levels first (Levels{}: not any more). The shortcut beside a block's first layer is not.
  void quantise_input(std::size_t layer, Levels const& levels);

  /// The input of `block`, from the images or from where `from` lies.
  Activations until(std::size_t block, Mask const& active, Activations const* from = nullptr) const;
  /// [own image, class], from the images or from where `from` lies; blocks before that have no effect.
  std::vector<float> logits(Mask const& active, Activations const* from = nullptr) const;
  /// Cosine of a block's input and output for each own image in a pass with all blocks: [block][own image], empty where it is not removable.
  std::vector<std::vector<double>> cosines() const;
  /// Of a convolution's outputs, before shortcut and max(0, ...): their sum and sum of squares over the cells, [own image, output, 2]. In a pass with all
  /// blocks, from the images (layer 0: always) or from the input of the layer's own block.
  std::vector<double> channel_sums(std::size_t layer, Activations const* from = nullptr) const;
  double cells(std::size_t layer) const;  ///< rows x columns of a convolution's output
  /// Of each layer over all own images, in a pass with all blocks: [layer].
  std::vector<InputRange> input_ranges() const;

  double operations(std::size_t from_block, Mask const& active) const;  ///< multiplications and additions of one image from a block's input on

 private:
  /// Maps in one of the buffers, or outside of them all (-1).
  struct Stage {
    FeatureMaps maps;
    int buffer = -1;
  };
  std::int64_t groups() const { return (images_.own.size() + lanes - 1) / lanes; }
  FeatureMaps in_buffer(int buffer, std::int64_t groups, ImageShape const& maps) const;
  /// What a layer is given, before it is quantised.
  using Look = std::function<void(std::size_t layer, FeatureMaps const& in)>;
  Stage begin(std::int64_t first_group, std::int64_t groups, Activations const* from, Look const& look = {}) const;
  FeatureMaps pictures(std::int64_t first_group, std::int64_t groups) const;
  /// The outputs of a layer before shortcut and max(0, ...). in: of its block; of layer 0 nothing.
  FeatureMaps plain_outputs(std::size_t layer, Stage const& in, std::int64_t first_group) const;
  Stage pass(std::size_t block, Stage const& in, Look const& look = {}) const;
  /// The linear layer's input: the mean of each map.
  FeatureMaps pooled(Stage const& stage, Look const& look = {}) const;
  /// The maps as the layer takes them: themselves, or quantised in a buffer (of their shape; may be their own).
  FeatureMaps taken(std::size_t layer, FeatureMaps const& maps, int buffer, Look const& look) const;
  /// Calls take(first group, maps) for each batch, advanced from `from` to the input of `block`.
  template <class Take>
  void for_each_batch(std::size_t block, Mask const& active, Activations const* from, Take const& take) const;

  Network const& network_;
  Images const& images_;
  std::vector<ImageShape> shape_;  ///< [block] of its input, and behind the last block that of the mean
  std::int64_t batch_groups_;
  std::vector<ConvolutionWeights> convolutions_;  ///< [layer but the linear one]
  Array<float> linear_weight_, linear_bias_, factor_, shift_;
  Array<std::uint8_t> pixel_;
  std::vector<Array<float>> buffer_;
  std::vector<Levels> levels_;  ///< [layer] of its input
};

}  // namespace bellshard::network
