#include "jobs/prune_allocation/curves.hpp"

#include <algorithm>
#include <limits>

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

MeasureCurves::MeasureCurves(Context& context, network::Network const& network, network::Images const& images, Magnitudes const& magnitudes, Pruning const& pruning, Schedule schedule)
    : context_(context),
      network_(network),
      magnitudes_(magnitudes),
      pruning_(pruning),
      schedule_(std::move(schedule)),
      forward_(network, images),
      all_(network.blocks.size(), 1),
      reference_(forward_.logits(all_)),
      pruned_(magnitudes.layers(), 0),
      loss_(static_cast<std::size_t>(sweeps() * pruning.amounts)) {}

void MeasureCurves::advance(std::int64_t) {
  auto const step = static_cast<std::size_t>(done_[0] / layers()), layer = static_cast<std::size_t>(done_[0] % layers());
  auto const weights = magnitudes_.weights(layer), amounts = pruning_.amounts, already = pruned_[layer];
  auto const before = layer == 0 ? network::Activations{} : forward_.until(network_.block_of(layer), all_);
  auto const loss = loss_.begin() + static_cast<std::ptrdiff_t>(index(step, layer));
  std::fill(loss, loss + already, std::numeric_limits<double>::quiet_NaN());
  loss[already] = 0;
  std::int64_t passes = 0;
  for (auto k = already + 1; k < amounts; ++k) {
    if (kept(weights, k, amounts) == kept(weights, k - 1, amounts)) {  // a layer of few weights
      loss[k] = loss[k - 1];
      continue;
    }
    forward_.replace_weight(layer, pruned(layer, k));
    loss[k] = loss_of(forward_.logits(all_, layer == 0 ? nullptr : &before));
    ++passes;
  }
  forward_.replace_weight(layer, pruned(layer, already));
  ++done_[0];
  work_ = {static_cast<double>(passes), 0, 0};
  if (layer + 1 == magnitudes_.layers()) take_step(step);
}

void MeasureCurves::take_step(std::size_t step) {
  if (!schedule_.allocate) return;
  answers_.push_back(schedule_.allocate(table(step), schedule_.budgets[step]));
  auto const& choice = answers_.back().allocation.choice;
  pruned_.assign(choice.begin(), choice.end());
  for (std::size_t layer = 0; layer < magnitudes_.layers(); ++layer) forward_.replace_weight(layer, pruned(layer, pruned_[layer]));
  auto left = forward_.logits(all_);
  joint_.push_back(loss_of(left));
  reference_ = std::move(left);
}

double MeasureCurves::share_done() const {
  double all = 0, done = 0;  // operations of a step, and of those layers of it that are done
  for (std::int64_t layer = 0; layer < layers(); ++layer) {
    auto const own = forward_.operations(network_.block_of(static_cast<std::size_t>(layer)), all_);
    all += own;
    if (layer < done_[0] % layers()) done += own;
  }
  return (static_cast<double>(done_[0] / layers()) + (all > 0 ? done / all : 0)) * static_cast<double>(layers()) / static_cast<double>(sweeps());
}

void MeasureCurves::restored() {
  for (std::int64_t step = 0; step < done_[0] / layers(); ++step) take_step(static_cast<std::size_t>(step));
}

std::vector<io::ShardedArray> MeasureCurves::arrays() {
  return {io::replicated_array("layers_done", done_, "layers that are measured"), io::replicated_array("layer_amount_loss", loss_, "what each layer loses at each amount")};
}

allocation::Table MeasureCurves::table(std::size_t step) const {
  auto table = unmeasured(network_, magnitudes_, pruning_.amounts);
  for (std::size_t l = 0; l < table.size(); ++l) {
    std::copy_n(loss_.begin() + static_cast<std::ptrdiff_t>(index(step, l)), pruning_.amounts, table[l].loss.begin());
    if (step > 0) table[l].least = answers_[step - 1].allocation.choice[l];
  }
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
