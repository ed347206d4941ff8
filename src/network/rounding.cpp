#include "src/network/rounding.hpp"

#include <algorithm>
#include <cmath>

namespace bellshard::network {

Levels levels_of(double least, double greatest, std::int32_t bits) {
  least = std::min(0.0, least);
  greatest = std::max(0.0, greatest);
  return levels_over(greatest - least, least, std::exp2(bits) - 1);
}

std::vector<float> quantised_weight(Layer const& layer, std::int32_t bits) {
  auto weight = layer.weight;
  auto const channel = static_cast<std::ptrdiff_t>(weight.size()) / layer.outputs;
  for (auto first = weight.begin(); first != weight.end(); first += channel) {
    auto const [least, greatest] = std::minmax_element(first, first + channel);
    auto const levels = levels_of(static_cast<double>(*least), static_cast<double>(*greatest), bits);
    std::for_each(first, first + channel, [&](float& w) { w = quantised(w, levels); });
  }
  return weight;
}

}  // namespace bellshard::network
