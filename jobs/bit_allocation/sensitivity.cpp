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
      base_(base),
      all_(forward.network().blocks.size(), 1),
      loss_(forward.network().layers.size() * bits_.size()) {
  quantiser_.set_all(forward_, base_);
  base_loss_ = network::cross_entropy(context.comm(), images, forward_.logits(all_));
}

void MeasureSensitivity::advance(std::int64_t) {
  auto const layer = static_cast<std::size_t>(done_[0]);
  work_ = {};
  auto const before = layer == 0 ? network::Activations{} : forward_.until(forward_.network().block_of(layer), all_);
  for (std::size_t k = 0; k < bits_.size(); ++k) {
    auto& loss = loss_[layer * bits_.size() + k];
    loss = base_loss_;
    if (bits_[k] == base_) continue;
    quantiser_.set(forward_, layer, bits_[k]);
    loss = network::cross_entropy(context_.comm(), images_, forward_.logits(all_, layer == 0 ? nullptr : &before));
    work_.updates += 1;
  }
  quantiser_.set(forward_, layer, base_);
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
          io::replicated_array("layer_precision_cross_entropy", loss_, "cross-entropy with one layer at a precision [nat]")};
}

std::vector<double> MeasureSensitivity::increase() const {
  std::vector<double> increase;
  for (std::size_t i = 0; i < loss_.size(); ++i) increase.push_back(bits_[i % bits_.size()] == base_ ? 0 : std::max(loss_[i] - base_loss_, least_loss));
  return increase;
}

}  // namespace bellshard::bit_allocation
