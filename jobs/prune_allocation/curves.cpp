#include "jobs/prune_allocation/curves.hpp"

#include <algorithm>

#include "src/dist/gather.hpp"

namespace bellshard::prune_allocation {
double distortion(MPI_Comm comm, std::vector<float> const& logits, std::vector<float> const& whole, std::int64_t classes, Distortion kind) {
  std::vector<double> square;
  for (std::size_t i = 0; i < logits.size(); i += static_cast<std::size_t>(classes)) {
    double sum = 0;
    for (auto c = i; c < i + static_cast<std::size_t>(classes); ++c) {
      double const apart = static_cast<double>(logits[c]) - static_cast<double>(whole[c]);
      sum += apart * apart;
    }
    square.push_back(sum / static_cast<double>(classes));
  }
  double most = 0, sum = 0;
  auto const all = gather_from_ranks(comm, square);
  for (auto const one : all) sum += one, most = std::max(most, one);
  return kind == Distortion::worst ? most : sum / static_cast<double>(all.size());
}

MeasureCurves::MeasureCurves(Context& context, network::Network const& network, network::Images const& images, Magnitudes const& magnitudes, std::int64_t amounts, Distortion kind)
    : context_(context),
      network_(network),
      magnitudes_(magnitudes),
      amounts_(amounts),
      kind_(kind),
      forward_(network, images),
      all_(network.blocks.size(), 1),
      whole_(forward_.logits(all_)),
      loss_(magnitudes.layers() * static_cast<std::size_t>(amounts)),
      operations_(operations(forward_, amounts)) {}

void MeasureCurves::advance(std::int64_t) {
  auto const layer = static_cast<std::size_t>(done_[0]);
  auto const weights = magnitudes_.weights(layer);
  auto const block = network_.block_of(layer);
  auto const before = layer == 0 ? network::Activations{} : forward_.until(block, all_);
  std::int64_t passes = 0;
  for (std::int64_t k = 1; k < amounts_; ++k) {
    auto const at = layer * static_cast<std::size_t>(amounts_) + static_cast<std::size_t>(k);
    auto const left = kept(weights, k, amounts_);
    if (left == kept(weights, k - 1, amounts_)) {  // a layer of few weights
      loss_[at] = loss_[at - 1];
      continue;
    }
    forward_.replace_weight(layer, magnitudes_.pruned(layer, left));
    loss_[at] = distortion(context_.comm(), forward_.logits(all_, layer == 0 ? nullptr : &before), whole_, network_.classes(), kind_);
    ++passes;
  }
  forward_.replace_weight(layer, network_.layers[layer].weight);
  ++done_[0];
  work_ = {static_cast<double>(passes), 0, 0};
}

double MeasureCurves::operations(network::Forward const& forward, std::int64_t amounts) {
  network::Mask const all(forward.network().blocks.size(), 1);
  double sum = 0;
  for (std::size_t layer = 0; layer < forward.network().layers.size(); ++layer) sum += static_cast<double>(amounts - 1) * forward.operations(forward.network().block_of(layer), all);
  return sum;
}

double MeasureCurves::share_done() const {
  double done = 0;
  for (std::int64_t layer = 0; layer < done_[0]; ++layer) {
    done += static_cast<double>(amounts_ - 1) * forward_.operations(network_.block_of(static_cast<std::size_t>(layer)), all_);
  }
  return operations_ > 0 ? done / operations_ : 1;
}

std::vector<io::ShardedArray> MeasureCurves::arrays() {
  return {io::replicated_array("layers_done", done_, "layers that are measured"), io::replicated_array("layer_amount_loss", loss_, "what each layer loses at each amount")};
}

allocation::Table MeasureCurves::table() const {
  auto table = unmeasured(network_, magnitudes_, amounts_);
  for (std::size_t l = 0; l < table.size(); ++l) std::copy_n(loss_.begin() + static_cast<std::ptrdiff_t>(l * static_cast<std::size_t>(amounts_)), amounts_, table[l].loss.begin());
  return table;
}

allocation::Table MeasureCurves::unmeasured(network::Network const& network, Magnitudes const& magnitudes, std::int64_t amounts) {
  allocation::Table table;
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    allocation::Layer layer;
    layer.name = network.layers[l].name;
    layer.place = "the network";
    for (std::int64_t k = 0; k < amounts; ++k) {
      layer.cost.push_back(kept(magnitudes.weights(l), k, amounts));
      layer.loss.push_back(static_cast<double>(k));
    }
    table.push_back(std::move(layer));
  }
  return table;
}

}  // namespace bellshard::prune_allocation
