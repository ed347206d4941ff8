#pragma once
#include "kernels/network/convolution.hpp"
#include "kernels/network/quantise.hpp"

namespace bellshard::network {

// Slopes of rounding, straight through: the derivative of round() is taken as 1, that of the clamp is 1 between its ends and 0 outside.

/// How the level that a number is rounded to moves with the number, and with the range and the least number of the levels.
struct LevelSlopes {
  double value = 0, range = 0, least = 0;
};

/// With q and zero rounded, the level is scale (q + zero): q = clamp(value / scale - zero), scale = range / most, zero = least / scale.
KOKKOS_INLINE_FUNCTION LevelSlopes level_slopes(double value, Levels const& levels, double least) {
  if (!(levels.scale > 0)) return {};  // all numbers are 0, and stay so
  double const steps = value / levels.scale, q = steps - levels.zero, rounded = levels.zero - least / levels.scale;
  bool const below = q < 0, above = q > levels.most, outside = below || above;
  double const of_scale = below ? rounded : above ? levels.most + rounded : ::rint(q) + levels.zero - steps;
  return {outside ? 0.0 : 1.0, of_scale / levels.most, outside ? 1.0 : 0.0};
}

/// A layer's weights and the ranges of their levels, as they are optimised.
struct WeightLevels {
  Array<double> weight;        ///< [output, input, tap]
  Array<double> range, least;  ///< [output]
  double most = 0;
};

/// The weights at their levels, as kernels take them. Taps 9: packed as packed_weight() does; 1: [output, input].
/// back: the weights of the way back from the outputs to the inputs, taps turned round.
inline void quantise_weight(Execution const& execution, WeightLevels const& from, std::int64_t inputs, std::int64_t taps, Array<float> const& out, Array<float> const& back) {
  auto const outputs = static_cast<std::int64_t>(from.range.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::quantise_weight", items(execution, outputs * inputs * taps), KOKKOS_LAMBDA(std::int64_t item) {
        auto const tap = item % taps, input = item / taps % inputs, output = item / taps / inputs;
        auto const value = quantised(from.weight(item), levels_over(from.range(output), from.least(output), from.most));
        if (taps == 1) {
          out(item) = value;
          back(input * outputs + output) = value;
        } else {
          out(((output / tile_outputs * inputs + input) * taps + tap) * tile_outputs + output % tile_outputs) = value;
          back(((input / tile_outputs * outputs + output) * taps + taps - 1 - tap) * tile_outputs + input % tile_outputs) = value;
        }
      });
}

/// slope [output, input, tap] of the weights at their levels becomes that of the weights; of_range, of_least [output]: those of their ranges.
inline void weight_level_slopes(Execution const& execution, WeightLevels const& at, Array<double> const& slope, Array<double> const& of_range, Array<double> const& of_least) {
  auto const each = static_cast<std::int64_t>(at.weight.extent(0) / at.range.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::weight_level_slopes", items(execution, static_cast<std::int64_t>(at.range.extent(0))), KOKKOS_LAMBDA(std::int64_t output) {
        auto const levels = levels_over(at.range(output), at.least(output), at.most);
        double range = 0, least = 0;
        for (auto w = output * each; w < (output + 1) * each; ++w) {
          auto const slopes = level_slopes(at.weight(w), levels, at.least(output));
          range += slope(w) * slopes.range;
          least += slope(w) * slopes.least;
          slope(w) *= slopes.value;
        }
        of_range(output) = range;
        of_least(output) = least;
      });
}

/// Slopes of the range and the least number of an input's levels, from `back`, those of the input at its levels; lines [channel, row, lane].
inline void input_level_slopes(Execution const& execution, ConstFeatureMaps const& in, ConstFeatureMaps const& back, Levels const& levels, double least, Array<double> const& of_range,
                               Array<double> const& of_least) {
  auto const rows = static_cast<std::int64_t>(in.extent(2)), columns = static_cast<std::int64_t>(in.extent(3)), groups = static_cast<std::int64_t>(in.extent(0));
  Kokkos::parallel_for(
      "bellshard::network::input_level_slopes", items(execution, static_cast<std::int64_t>(in.extent(1)) * rows * packs), KOKKOS_LAMBDA(std::int64_t item) {
        auto const pack = item % packs * pack_width, line = item / packs, row = line % rows, channel = line / rows;
        double sum_range[pack_width] = {}, sum_least[pack_width] = {};
        for (std::int64_t group = 0; group < groups; ++group) {
          float const* const value = &in(group, channel, row, 0, 0) + pack;
          float const* const slope = &back(group, channel, row, 0, 0) + pack;
          for (std::int64_t at = 0; at < columns * lanes; at += lanes) {
            for (int l = 0; l < pack_width; ++l) {
              auto const slopes = level_slopes(static_cast<double>(value[at + l]), levels, least);
              sum_range[l] += static_cast<double>(slope[at + l]) * slopes.range;
              sum_least[l] += static_cast<double>(slope[at + l]) * slopes.least;
            }
          }
        }
        for (int l = 0; l < pack_width; ++l) {
          of_range(line * lanes + pack + l) = sum_range[l];
          of_least(line * lanes + pack + l) = sum_least[l];
        }
      });
}

}  // namespace bellshard::network
