#include "jobs/bit_allocation/quantiser.hpp"

#include <algorithm>
#include <cmath>

#include "src/dist/reduce.hpp"

namespace bellshard::bit_allocation {

network::Levels levels_of(double least, double greatest, std::int32_t bits) {
  least = std::min(0.0, least);
  greatest = std::max(0.0, greatest);
  double const most = std::exp2(bits) - 1, scale = (greatest - least) / most;
  if (!(scale > 0)) return {};  // all numbers are 0
  return {scale, std::rint(least / scale), most};
}

std::vector<float> quantised_weight(network::Layer const& layer, std::int32_t bits) {
  auto weight = layer.weight;
  auto const channel = static_cast<std::ptrdiff_t>(weight.size()) / layer.outputs;
  for (auto first = weight.begin(); first != weight.end(); first += channel) {
    auto const [least, greatest] = std::minmax_element(first, first + channel);
    auto const levels = levels_of(static_cast<double>(*least), static_cast<double>(*greatest), bits);
    std::for_each(first, first + channel, [&](float& w) { w = network::quantised(w, levels); });
  }
  return weight;
}

void Quantiser::set(network::Forward& forward, std::size_t layer, std::int32_t bits) const {
  auto const& own = network_.layers[layer];
  bool const whole = bits == float32;
  forward.replace_weight(layer, whole ? own.weight : quantised_weight(own, bits));
  if (ranges_.empty()) return;
  auto const [least, greatest] = ranges_[layer];
  forward.quantise_input(layer, whole ? network::Levels{} : levels_of(static_cast<double>(least), static_cast<double>(greatest), bits));
}

void Quantiser::set_all(network::Forward& forward, std::int32_t bits) const {
  for (std::size_t l = 0; l < network_.layers.size(); ++l) set(forward, l, bits);
}

std::vector<network::InputRange> input_ranges(Context const& context, network::Forward const& forward) {
  auto ranges = forward.input_ranges();
  for (auto& range : ranges) {
    range.least = static_cast<float>(min_over_ranks(context.comm(), static_cast<double>(range.least)));
    range.greatest = static_cast<float>(max_over_ranks(context.comm(), static_cast<double>(range.greatest)));
  }
  return ranges;
}

}  // namespace bellshard::bit_allocation
