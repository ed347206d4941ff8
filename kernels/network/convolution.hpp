#pragma once
#include <vector>

#include "kernels/host_copy.hpp"
#include "kernels/network/feature_maps.hpp"

namespace bellshard::network {

/// What one work item computes: sums that stay in registers. Named, as compilers keep arrays of them in memory.
inline constexpr int tile_outputs = 4, tile_columns = 4;
struct TileRow {
  Pack a{}, b{}, c{}, d{};  ///< four columns of one output

  KOKKOS_INLINE_FUNCTION void add(float weight, Pack at_a, Pack at_b, Pack at_c, Pack at_d) {
    a = fused(weight, at_a, a);
    b = fused(weight, at_b, b);
    c = fused(weight, at_c, c);
    d = fused(weight, at_d, d);
  }
};

/// Weights of a 3 x 3 convolution as the kernel reads them: [group of tile_outputs outputs, input, row, column, output of the group], 0 where
/// there is no such output; scale and shift [output of all groups] are put on each sum.
struct ConvolutionWeights {
  std::int64_t outputs = 0, inputs = 0;
  Array<float> weight, scale, shift;
};

/// weight [output, input, row, column], to the execution space.
inline Array<float> packed_weight(std::vector<float> const& weight, std::int64_t outputs, std::int64_t inputs) {
  auto const groups = (outputs + tile_outputs - 1) / tile_outputs, taps = 9 * inputs;
  std::vector<float> packed(static_cast<std::size_t>(groups * taps * tile_outputs));
  for (std::int64_t o = 0; o < outputs; ++o) {
    for (std::int64_t t = 0; t < taps; ++t) packed[static_cast<std::size_t>((o / tile_outputs * taps + t) * tile_outputs + o % tile_outputs)] = weight[static_cast<std::size_t>(o * taps + t)];
  }
  return to_device(packed, "bellshard::network::weight");
}

inline ConvolutionWeights convolution_weights(std::vector<float> const& weight, std::vector<float> scale, std::vector<float> shift, std::int64_t inputs) {
  auto const outputs = static_cast<std::int64_t>(scale.size());
  auto const padded = static_cast<std::size_t>((outputs + tile_outputs - 1) / tile_outputs * tile_outputs);
  scale.resize(padded);
  shift.resize(padded);
  return {outputs, inputs, packed_weight(weight, outputs, inputs), to_device(scale, "bellshard::network::scale"), to_device(shift, "bellshard::network::shift")};
}

/// What is added to the outputs: every stride-th row and column of `maps`, its channel 0 to output `first_output`. No maps: nothing.
struct Shortcut {
  ConstFeatureMaps maps;
  int stride = 1;
  int first_output = 0;
};

/// What becomes of a sum: max(0, sum), or itself.
enum class Ending { rectified, plain };

/// A tile of outputs of one row for one pack of images: a functor over (group of images, group of outputs, row, tile of columns, pack).
template <int stride>
struct ConvolutionTile {
  ConstFeatureMaps in;
  ConvolutionWeights layer;
  Shortcut shortcut;
  FeatureMaps out;
  Ending ending;
  int output_groups, column_tiles;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t item) const {
    constexpr int reach = (tile_columns - 1) * stride + 3;  // columns of the input that a tile sees
    auto const pack = static_cast<int>(item % packs) * pack_width;
    item /= packs;
    auto const column = static_cast<int>(item % column_tiles) * tile_columns;
    item /= column_tiles;
    auto const row = static_cast<int>(item % static_cast<std::int64_t>(out.extent(2)));
    item /= static_cast<std::int64_t>(out.extent(2));
    auto const group = static_cast<int>(item % output_groups);
    auto const images = item / output_groups;
    auto const in_rows = static_cast<int>(in.extent(2)), in_columns = static_cast<int>(in.extent(3)), inputs = static_cast<int>(in.extent(1));
    int const top = row * stride - 1, left = column * stride - 1;
    bool const inner = left >= 0 && left + reach <= in_columns;

    TileRow first, second, third, fourth;
    float const* weight = layer.weight.data() + static_cast<std::int64_t>(group) * inputs * 9 * tile_outputs;
    for (int i = 0; i < inputs; ++i) {
      for (int y = 0; y < 3; ++y, weight += 3 * tile_outputs) {
        if (top + y < 0 || top + y >= in_rows) continue;
        float const* const line = &in(images, i, top + y, 0, 0) + pack;
        Pack x[reach];
        if (inner) {
          for (int k = 0; k < reach; ++k) x[k] = load(line + (left + k) * lanes);
        } else {
          for (int k = 0; k < reach; ++k) x[k] = left + k >= 0 && left + k < in_columns ? load(line + (left + k) * lanes) : Pack{};
        }
        for (int t = 0; t < 3; ++t) {
          float const* const w = weight + t * tile_outputs;
          first.add(w[0], x[t], x[stride + t], x[2 * stride + t], x[3 * stride + t]);
          second.add(w[1], x[t], x[stride + t], x[2 * stride + t], x[3 * stride + t]);
          third.add(w[2], x[t], x[stride + t], x[2 * stride + t], x[3 * stride + t]);
          fourth.add(w[3], x[t], x[stride + t], x[2 * stride + t], x[3 * stride + t]);
        }
      }
    }
    int const output = group * tile_outputs;
    write(images, output, row, column, pack, first);
    write(images, output + 1, row, column, pack, second);
    write(images, output + 2, row, column, pack, third);
    write(images, output + 3, row, column, pack, fourth);
  }

  KOKKOS_INLINE_FUNCTION void write(std::int64_t images, int output, int row, int column, int pack, TileRow const& sum) const {
    write(images, output, row, column, pack, sum.a);
    write(images, output, row, column + 1, pack, sum.b);
    write(images, output, row, column + 2, pack, sum.c);
    write(images, output, row, column + 3, pack, sum.d);
  }

  KOKKOS_INLINE_FUNCTION void write(std::int64_t images, int output, int row, int column, int pack, Pack sum) const {
    if (output >= static_cast<int>(out.extent(1)) || column >= static_cast<int>(out.extent(3))) return;
    Pack const shift = Pack{} + layer.shift(output);
    Pack value = fused(layer.scale(output), sum, shift);
    int const channel = output - shortcut.first_output;
    if (channel >= 0 && channel < static_cast<int>(shortcut.maps.extent(1))) {
      value = value + load(&shortcut.maps(images, channel, row * shortcut.stride, column * shortcut.stride, 0) + pack);
    }
    store(&out(images, output, row, column, 0) + pack, ending == Ending::rectified ? rectified(value) : value);
  }
};

/// out = max(0, scale (in convolved with weight) + shift + shortcut): padding 1, stride 1 or 2; out has the rows and columns of in / stride, rounded up.
/// Ending::plain: without the max.
inline void convolve(Execution const& execution, ConstFeatureMaps const& in, ConvolutionWeights const& layer, int stride, Shortcut const& shortcut, FeatureMaps const& out,
                     Ending ending = Ending::rectified) {
  auto const groups = static_cast<int>((layer.outputs + tile_outputs - 1) / tile_outputs);
  auto const tiles = static_cast<int>((out.extent(3) + tile_columns - 1) / tile_columns);
  auto const policy = items(execution, static_cast<std::int64_t>(out.extent(0) * out.extent(2)) * groups * tiles * packs);
  if (stride == 1) {
    Kokkos::parallel_for("bellshard::network::convolve", policy, ConvolutionTile<1>{in, layer, shortcut, out, ending, groups, tiles});
  } else {
    Kokkos::parallel_for("bellshard::network::convolve_halving", policy, ConvolutionTile<2>{in, layer, shortcut, out, ending, groups, tiles});
  }
}

}  // namespace bellshard::network
