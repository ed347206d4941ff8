#pragma once
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

namespace bellshard::network {

/// A layer with weights: a 3 x 3 convolution with padding 1 and its batch norm as scale and shift, or the linear layer at the end.
struct Layer {
  std::string name;                  ///< "conv1", "layer2/0/conv1", "linear"
  std::int64_t outputs = 0, inputs = 0;
  int stride = 1;
  std::vector<float> weight;         ///< [output, input, 3, 3]; of the linear one [output, input]
  std::vector<float> scale, shift;   ///< [output]; of the linear one scale is 1 and shift the bias
};

/// out = max(0, second(first(in)) + in), where each convolution but the second ends in max(0, ...) itself.
struct ResidualBlock {
  std::string name;  ///< "layer2/0"
  std::int64_t inputs = 0, outputs = 0;
  int stride = 1;    ///< 2: of `in` every second row and column is added, with as many empty channels before it as behind it

  bool removable() const { return stride == 1 && inputs == outputs; }  ///< can it be replaced by the identity?
};

/// A residual network for small pictures (He et al. 2016, section 4.2): conv1, residual blocks in stages, mean over all cells, linear.
struct Network {
  std::vector<Layer> layers;          ///< conv1, the first and second of each block in turn, linear
  std::vector<ResidualBlock> blocks;

  static std::size_t layer_of(std::size_t block, int k) { return 1 + 2 * block + static_cast<std::size_t>(k); }  ///< k: 0 or 1
  /// The last block whose input does not depend on a layer's weights; 0 for conv1, too, though that lies before it.
  std::size_t block_of(std::size_t layer) const { return layer == 0 ? 0 : std::min((layer - 1) / 2, blocks.size()); }
  std::int64_t weights() const { return std::accumulate(layers.begin(), layers.end(), std::int64_t{0}, [](auto sum, auto const& layer) { return sum + static_cast<std::int64_t>(layer.weight.size()); }); }
  std::int64_t classes() const { return layers.back().outputs; }
};

/// From HDF5, one dataset a tensor: conv1/weight [out, in, 3, 3], bn1/{weight, bias, running_mean, running_var} [out],
/// layerS/K/{conv1, bn1, conv2, bn2}, linear/{weight, bias}; the first block of each stage S but the first has stride 2. Epsilon of the batch
/// norm: 1e-5. Exit 4 with the tensor's name where one is missing, has another shape, or is not finite. Collective.
Network read_network(MPI_Comm comm, std::filesystem::path const& path);

}  // namespace bellshard::network
