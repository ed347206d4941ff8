#pragma once
#include <cstdint>
#include <vector>

#include "kernels/network/quantise.hpp"
#include "src/network/network.hpp"

namespace bellshard::network {

/// 2^bits equally spaced levels from the least to the greatest number, 0 among them: scale = (greatest - least) / (2^bits - 1), least <= 0 <= greatest, its
/// quotient by the scale rounded to a whole number.
Levels levels_of(double least, double greatest, std::int32_t bits);

/// The layer's weights, each rounded to the nearest of its output channel's levels.
std::vector<float> quantised_weight(Layer const& layer, std::int32_t bits);

}  // namespace bellshard::network
