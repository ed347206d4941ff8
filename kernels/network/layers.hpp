#pragma once
#include <cmath>

#include "kernels/network/feature_maps.hpp"

namespace bellshard::network {

/// Pictures to the first maps: maps = factor pixel + shift of each channel.
/// pixel          [picture, row, column, channel], 0 to 255; the first one wanted is `first`
/// factor, shift  [channel]
/// maps           every group is written; images behind the last picture are 0
inline void normalise(Execution const& execution, Array<std::uint8_t const> const& pixel, std::int64_t first, Array<float const> const& factor, Array<float const> const& shift,
                      FeatureMaps const& maps) {
  auto const channels = static_cast<std::int64_t>(maps.extent(1)), rows = static_cast<std::int64_t>(maps.extent(2)), columns = static_cast<std::int64_t>(maps.extent(3));
  auto const size = static_cast<std::int64_t>(pixel.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::normalise", items(execution, static_cast<std::int64_t>(maps.extent(0)) * rows * columns * lanes), KOKKOS_LAMBDA(std::int64_t item) {
        auto const lane = item % lanes, column = item / lanes % columns, row = item / lanes / columns % rows, group = item / lanes / columns / rows;
        auto const from = (((first + group * lanes + lane) * rows + row) * columns + column) * channels;
        for (std::int64_t c = 0; c < channels; ++c) {
          maps(group, c, row, column, lane) = from < size ? factor(c) * static_cast<float>(pixel(from + c)) + shift(c) : 0.0f;
        }
      });
}

/// Mean of each channel; means [group, channel, 1, 1, image].
inline void average_pool(Execution const& execution, ConstFeatureMaps const& maps, FeatureMaps const& means) {
  auto const channels = static_cast<std::int64_t>(maps.extent(1)), cells = static_cast<std::int64_t>(maps.extent(2) * maps.extent(3));
  Kokkos::parallel_for(
      "bellshard::network::average_pool", items(execution, static_cast<std::int64_t>(maps.extent(0)) * channels * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const pack = static_cast<int>(item % packs) * pack_width;
        auto const channel = item / packs % channels, group = item / packs / channels;
        float const* const from = &maps(group, channel, 0, 0, 0) + pack;
        Pack sum{};
        for (std::int64_t k = 0; k < cells; ++k) sum = sum + load(from + k * lanes);
        store(&means(group, channel, 0, 0, 0) + pack, sum * (Pack{} + 1.0f / static_cast<float>(cells)));
      });
}

/// out = weight in + bias, of maps of one cell.
/// weight [output, input], bias [output]; in [group, input, 1, 1, image], out [group, output, 1, 1, image]
inline void apply_linear(Execution const& execution, ConstFeatureMaps const& in, Array<float const> const& weight, Array<float const> const& bias, FeatureMaps const& out) {
  auto const inputs = static_cast<std::int64_t>(in.extent(1)), outputs = static_cast<std::int64_t>(out.extent(1));
  Kokkos::parallel_for(
      "bellshard::network::apply_linear", items(execution, static_cast<std::int64_t>(in.extent(0)) * outputs * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const pack = static_cast<int>(item % packs) * pack_width;
        auto const output = item / packs % outputs, group = item / packs / outputs;
        Pack sum = Pack{} + bias(output);
        for (std::int64_t i = 0; i < inputs; ++i) sum = fused(weight(output * inputs + i), load(&in(group, i, 0, 0, 0) + pack), sum);
        store(&out(group, output, 0, 0, 0) + pack, sum);
      });
}

/// Sum and sum of squares of each map: sums [image, channel, 2], from image `first` on.
inline void channel_sums(Execution const& execution, ConstFeatureMaps const& maps, Array<double> const& sums, std::int64_t first) {
  auto const channels = static_cast<std::int64_t>(maps.extent(1)), cells = static_cast<std::int64_t>(maps.extent(2) * maps.extent(3));
  auto const images = static_cast<std::int64_t>(sums.extent(0)) / (2 * channels);
  Kokkos::parallel_for(
      "bellshard::network::channel_sums", items(execution, static_cast<std::int64_t>(maps.extent(0)) * channels * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const pack = item % packs * pack_width, channel = item / packs % channels, group = item / packs / channels;
        float const* const from = &maps(group, channel, 0, 0, 0) + pack;
        double sum[pack_width] = {}, squares[pack_width] = {};
        for (std::int64_t k = 0; k < cells; ++k) {
          for (int l = 0; l < pack_width; ++l) {
            double const value = static_cast<double>(from[k * lanes + l]);
            sum[l] += value;
            squares[l] += value * value;
          }
        }
        for (int l = 0; l < pack_width; ++l) {
          auto const image = first + group * lanes + pack + l;
          if (image >= images) continue;
          sums((image * channels + channel) * 2) = sum[l];
          sums((image * channels + channel) * 2 + 1) = squares[l];
        }
      });
}

/// Cosine of the angle between the maps a and b of each image, which have one shape; 1 where both are 0, 0 where one is.
/// cosine [image], from `first` on
inline void compare(Execution const& execution, ConstFeatureMaps const& a, ConstFeatureMaps const& b, Array<double> const& cosine, std::int64_t first) {
  auto const entries = static_cast<std::int64_t>(a.extent(1) * a.extent(2) * a.extent(3));
  Kokkos::parallel_for(
      "bellshard::network::compare", items(execution, static_cast<std::int64_t>(a.extent(0)) * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const group = item / packs;
        auto const pack = item % packs * pack_width;
        float const* const of_a = &a(group, 0, 0, 0, 0) + pack;
        float const* const of_b = &b(group, 0, 0, 0, 0) + pack;
        double both[pack_width] = {}, only_a[pack_width] = {}, only_b[pack_width] = {};
        for (std::int64_t k = 0; k < entries; ++k) {
          for (int l = 0; l < pack_width; ++l) {
            double const x = static_cast<double>(of_a[k * lanes + l]), y = static_cast<double>(of_b[k * lanes + l]);
            both[l] += x * y;
            only_a[l] += x * x;
            only_b[l] += y * y;
          }
        }
        for (int l = 0; l < pack_width; ++l) {
          auto const image = first + group * lanes + pack + l;
          if (image >= static_cast<std::int64_t>(cosine.extent(0))) continue;
          double const length = ::sqrt(only_a[l] * only_b[l]);
          cosine(image) = length > 0 ? both[l] / length : only_a[l] == only_b[l] ? 1.0 : 0.0;
        }
      });
}

}  // namespace bellshard::network
