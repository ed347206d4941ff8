#pragma once
#include "kernels/network/convolution.hpp"

namespace bellshard::network {

// Slopes of a mean squared error on the way back through one layer. Every sum over images has a fixed order: lane by lane (and row by row) into
// lines, which sum_lines() adds up one after the other, so its bits do not depend on threads.

/// sums(k) = lines(k each) + ... + lines(k each + each - 1), in this order.
template <class T>
void sum_lines(Execution const& execution, Array<T> const& lines, std::int64_t each, Array<double> const& sums) {
  Kokkos::parallel_for(
      "bellshard::network::sum_lines", items(execution, static_cast<std::int64_t>(sums.extent(0))), KOKKOS_LAMBDA(std::int64_t k) {
        double sum = 0;
        for (std::int64_t j = k * each; j < (k + 1) * each; ++j) sum += static_cast<double>(lines(j));
        sums(k) = sum;
      });
}

/// (out - wanted)^2 of the first `images` images to lines [channel, row, lane].
inline void squared_error(Execution const& execution, ConstFeatureMaps const& out, ConstFeatureMaps const& wanted, std::int64_t images, Array<double> const& lines) {
  auto const rows = static_cast<std::int64_t>(out.extent(2)), columns = static_cast<std::int64_t>(out.extent(3)), groups = static_cast<std::int64_t>(out.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::squared_error", items(execution, static_cast<std::int64_t>(out.extent(1)) * rows * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const pack = item % packs * pack_width, line = item / packs, row = line % rows, channel = line / rows;
        double sum[pack_width] = {};
        for (std::int64_t group = 0; group < groups; ++group) {
          float const* const have = &out(group, channel, row, 0, 0) + pack;
          float const* const want = &wanted(group, channel, row, 0, 0) + pack;
          for (std::int64_t at = 0; at < columns * lanes; at += lanes) {
            for (int l = 0; l < pack_width; ++l) {
              double const apart = static_cast<double>(have[at + l]) - static_cast<double>(want[at + l]);
              sum[l] += group * lanes + pack + l < images ? apart * apart : 0.0;
            }
          }
        }
        for (int l = 0; l < pack_width; ++l) lines(line * lanes + pack + l) = sum[l];
      });
}

/// Slope of factor x the sum of (out - wanted)^2 over the first `images` images: back = scale(channel) x that of the sum before scale and shift, 0
/// where the rectified output is, and behind the last image. That of the shift to lines [channel, row, lane]. back may be out.
inline void error_slopes(Execution const& execution, ConstFeatureMaps const& out, ConstFeatureMaps const& wanted, std::int64_t images, Ending ending, Array<float> const& scale, double factor,
                         FeatureMaps const& back, Array<double> const& lines) {
  auto const rows = static_cast<std::int64_t>(out.extent(2)), columns = static_cast<std::int64_t>(out.extent(3)), groups = static_cast<std::int64_t>(out.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::error_slopes", items(execution, static_cast<std::int64_t>(out.extent(1)) * rows * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const pack = item % packs * pack_width, line = item / packs, row = line % rows, channel = line / rows;
        auto const twice = static_cast<float>(2 * factor), own_scale = scale(channel);
        double sum[pack_width] = {};
        for (std::int64_t group = 0; group < groups; ++group) {
          float const* const have = &out(group, channel, row, 0, 0) + pack;
          float const* const want = &wanted(group, channel, row, 0, 0) + pack;
          float* const to = &back(group, channel, row, 0, 0) + pack;
          for (std::int64_t at = 0; at < columns * lanes; at += lanes) {
            for (int l = 0; l < pack_width; ++l) {
              float const value = have[at + l], slope = twice * (value - want[at + l]);
              float const passed = (ending == Ending::plain || value > 0) && group * lanes + pack + l < images ? slope : 0.0f;
              sum[l] += static_cast<double>(passed);
              to[at + l] = own_scale * passed;
            }
          }
        }
        for (int l = 0; l < pack_width; ++l) lines(line * lanes + pack + l) = sum[l];
      });
}

/// Sums of the three taps of a row of the kernel, for one output.
struct TapRow {
  Pack a{}, b{}, c{};

  KOKKOS_INLINE_FUNCTION void add(Pack back, Pack at_a, Pack at_b, Pack at_c) {
    a = fused(back, at_a, a);
    b = fused(back, at_b, b);
    c = fused(back, at_c, c);
  }
};
struct TapRows {
  TapRow first, second, third, fourth;  ///< tile_outputs outputs
};

/// Slopes of the weights between tile_outputs outputs and one input, for one pack of lanes: a functor over (group of outputs, input, pack).
template <int stride>
struct WeightSlopes {
  ConstFeatureMaps in, back;
  Array<float> lines;  ///< [output, input, 3, 3, lane]

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t item) const {
    auto const inputs = static_cast<std::int64_t>(in.extent(1)), outputs = static_cast<std::int64_t>(back.extent(1));
    auto const pack = item % packs * pack_width, input = item / packs % inputs, first = item / packs / inputs * tile_outputs;
    int const rows = static_cast<int>(back.extent(2)), columns = static_cast<int>(back.extent(3));
    int const in_rows = static_cast<int>(in.extent(2)), in_columns = static_cast<int>(in.extent(3));
    TapRows sums[3];
    for (std::int64_t images = 0; images < static_cast<std::int64_t>(in.extent(0)); ++images) {
      for (int row = 0; row < rows; ++row) {
        // Behind the last output: the first one is done again, and not written.
        float const* const g0 = &back(images, first, row, 0, 0) + pack;
        float const* const g1 = &back(images, first + 1 < outputs ? first + 1 : first, row, 0, 0) + pack;
        float const* const g2 = &back(images, first + 2 < outputs ? first + 2 : first, row, 0, 0) + pack;
        float const* const g3 = &back(images, first + 3 < outputs ? first + 3 : first, row, 0, 0) + pack;
        for (int y = 0; y < 3; ++y) {
          int const in_row = row * stride + y - 1;
          if (in_row < 0 || in_row >= in_rows) continue;
          float const* const line = &in(images, input, in_row, 0, 0) + pack;
          auto own = sums[y];
          Pack left{}, middle = load(line);
          for (int column = 0; column < columns; ++column) {
            int const next = column * stride + 1;
            Pack const right = next < in_columns ? load(line + next * lanes) : Pack{};
            own.first.add(load(g0 + column * lanes), left, middle, right);
            own.second.add(load(g1 + column * lanes), left, middle, right);
            own.third.add(load(g2 + column * lanes), left, middle, right);
            own.fourth.add(load(g3 + column * lanes), left, middle, right);
            left = stride == 1 ? middle : right;
            middle = stride == 1 ? right : next + 1 < in_columns ? load(line + (next + 1) * lanes) : Pack{};
          }
          sums[y] = own;
        }
      }
    }
    for (int y = 0; y < 3; ++y) {
      write(first, input, y, pack, sums[y].first);
      write(first + 1, input, y, pack, sums[y].second);
      write(first + 2, input, y, pack, sums[y].third);
      write(first + 3, input, y, pack, sums[y].fourth);
    }
  }

  KOKKOS_INLINE_FUNCTION void write(std::int64_t output, std::int64_t input, int y, std::int64_t pack, TapRow const& row) const {
    if (output >= static_cast<std::int64_t>(back.extent(1))) return;
    float* const to = lines.data() + ((output * static_cast<std::int64_t>(in.extent(1)) + input) * 9 + y * 3) * lanes + pack;
    store(to, row.a);
    store(to + lanes, row.b);
    store(to + 2 * lanes, row.c);
  }
};

/// Slopes of a 3 x 3 convolution's weights: lines [output, input, 3, 3, lane] = sums over images, rows and columns of in x back.
inline void convolution_weight_slopes(Execution const& execution, ConstFeatureMaps const& in, ConstFeatureMaps const& back, int stride, Array<float> const& lines) {
  auto const groups = static_cast<std::int64_t>((back.extent(1) + tile_outputs - 1) / tile_outputs);
  auto const policy = items(execution, groups * static_cast<std::int64_t>(in.extent(1)) * packs);
  if (stride == 1) {
    Kokkos::parallel_for("bellshard::network::weight_slopes", policy, WeightSlopes<1>{in, back, lines});
  } else {
    Kokkos::parallel_for("bellshard::network::weight_slopes_halving", policy, WeightSlopes<2>{in, back, lines});
  }
}

/// Those of the linear layer: lines [output, input, lane].
inline void linear_weight_slopes(Execution const& execution, ConstFeatureMaps const& in, ConstFeatureMaps const& back, Array<float> const& lines) {
  auto const inputs = static_cast<std::int64_t>(in.extent(1)), groups = static_cast<std::int64_t>(in.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::linear_weight_slopes", items(execution, static_cast<std::int64_t>(back.extent(1)) * inputs * lanes), KOKKOS_LAMBDA(std::int64_t item) {
        auto const lane = item % lanes, input = item / lanes % inputs, output = item / lanes / inputs;
        float sum = 0;
        for (std::int64_t group = 0; group < groups; ++group) sum += in(group, input, 0, 0, lane) * back(group, output, 0, 0, lane);
        lines(item) = sum;
      });
}

/// Every number of `maps` at stride x its row and column, 0 between them: with that, the way back through a convolution that takes every second
/// place is one through a convolution that takes all.
inline void spread(Execution const& execution, ConstFeatureMaps const& maps, int stride, FeatureMaps const& out) {
  auto const rows = static_cast<std::int64_t>(out.extent(2)), columns = static_cast<std::int64_t>(out.extent(3)), channels = static_cast<std::int64_t>(out.extent(1));
  Kokkos::parallel_for(
      "bellshard::network::spread", items(execution, static_cast<std::int64_t>(out.extent(0)) * channels * rows * columns * lanes), KOKKOS_LAMBDA(std::int64_t item) {
        auto const lane = item % lanes, column = item / lanes % columns, row = item / lanes / columns % rows, channel = item / lanes / columns / rows % channels;
        auto const group = item / lanes / columns / rows / channels;
        bool const there = row % stride == 0 && column % stride == 0;
        out.data()[item] = there ? maps(group, channel, row / stride, column / stride, lane) : 0.0f;
      });
}

}  // namespace bellshard::network
