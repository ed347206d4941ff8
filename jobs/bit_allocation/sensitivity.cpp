#include "jobs/bit_allocation/sensitivity.hpp"

#include <algorithm>

#include "src/network/metric.hpp"

namespace bellshard::bit_allocation {

MeasureSensitivity::MeasureSensitivity(Context& context, network::Images const& images, network::Forward& forward, Quantiser const& quantiser, std::vector<std::int32_t> bits, std::int32_t base)
    : context_(context),
      images_(images),
      forward_(forward),
      quantiser_(quantiser),
      bits_(std::move(bits)),
      base_bits_(base),
      all_(forward.network().blocks.size(), 1) {
  for (auto& losses : of_layers_) losses.resize(forward.network().layers.size() * bits_.size());
  quantiser_.set_all(forward_, float32);
  whole_ = forward_.logits(all_);
  quantiser_.set_all(forward_, base_bits_);
  base_ = measured(nullptr);
}

MeasureSensitivity::Losses MeasureSensitivity::measured(network::Activations const* from) const {
  auto const logits = forward_.logits(all_, from);
  return {network::cross_entropy(context_.comm(), images_, logits), network::divergence(context_.comm(), images_, whole_, logits)};
}

void MeasureSensitivity::advance(std::int64_t) {
  auto const layer = static_cast<std::size_t>(done_[0]);
  work_ = {};
  auto const before = layer == 0 ? network::Activations{} : forward_.until(forward_.network().block_of(layer), all_);
  for (std::size_t k = 0; k < bits_.size(); ++k) {
    auto losses = base_;
    if (bits_[k] != base_bits_) {
      quantiser_.set(forward_, layer, bits_[k]);
      losses = measured(layer == 0 ? nullptr : &before);
      work_.updates += 1;
    }
    for (std::size_t which = 0; which < losses.size(); ++which) of_layers_[which][layer * bits_.size() + k] = losses[which];
  }
  quantiser_.set(forward_, layer, base_bits_);
  ++done_[0];
}

double MeasureSensitivity::operations(std::int64_t layers) const {
  double sum = 0;
  for (std::int64_t layer = 0; layer < layers; ++layer) sum += forward_.operations(forward_.network().block_of(static_cast<std::size_t>(layer)), all_) + 1;
  return sum;
}

double MeasureSensitivity::share_done() const { return operations(done_[0]) / operations(layers()); }

std::vector<io::ShardedArray> MeasureSensitivity::arrays() {
  return {io::replicated_array("layers_done", done_, "layers that are measured"),
          io::replicated_array("layer_precision_cross_entropy", of_layers_[index(Loss::cross_entropy)], "cross-entropy with one layer at a precision [nat]"),
          io::replicated_array("layer_precision_divergence", of_layers_[index(Loss::divergence)], "divergence from the float32 network's outputs with one layer at a precision [nat]")};
}

std::vector<double> MeasureSensitivity::increase(Loss loss) const {
  auto increase = of_layers(loss);
  for (std::size_t i = 0; i < increase.size(); ++i) increase[i] = bits_[i % bits_.size()] == base_bits_ ? 0 : std::max(increase[i] - of_base(loss), least_loss);
  return increase;
}

}  // namespace bellshard::bit_allocation
