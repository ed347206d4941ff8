#include "jobs/bit_allocation/quantiser.hpp"

#include "src/dist/reduce.hpp"
#include "src/network/rounding.hpp"

namespace bellshard::bit_allocation {

void Quantiser::set(network::Forward& forward, std::size_t layer, std::int32_t bits) const {
  auto const& own = network_.layers[layer];
  bool const whole = bits == float32;
  if (fitted_ != nullptr && !whole) {
    auto const fitted = fitted_->get(layer, bits);
    forward.replace_weight(layer, fitted.weight);
    forward.replace_norm(layer, own.scale, fitted.shift);
    if (!ranges_.empty()) forward.quantise_input(layer, fitted.input);
    return;
  }
  forward.replace_weight(layer, whole ? own.weight : network::quantised_weight(own, bits));
  forward.replace_norm(layer, own.scale, own.shift);
  if (ranges_.empty()) return;
  auto const [least, greatest] = ranges_[layer];
  forward.quantise_input(layer, whole ? network::Levels{} : network::levels_of(static_cast<double>(least), static_cast<double>(greatest), bits));
}

Norm Quantiser::norm(std::size_t layer, std::int32_t bits) const {
  auto const& own = network_.layers[layer];
  return {own.scale, fitted_ != nullptr && bits != float32 ? fitted_->get(layer, bits).shift : own.shift};
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
