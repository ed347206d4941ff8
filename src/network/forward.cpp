#include "src/network/forward.hpp"

#include <algorithm>

#include "kernels/network/layers.hpp"
#include "src/base/error.hpp"

namespace bellshard::network {
namespace {

constexpr int buffers = 3;  // a block's input, what lies between its convolutions, its output

}  // namespace

Forward::Forward(Network const& network, Images const& images, std::int64_t batch) : network_(network), images_(images) {
  BELLSHARD_INPUT(network.layers.front().inputs == images.channels, "the network has {} input channels, the images {}", network.layers.front().inputs, images.channels);
  // On the host a thread's group stays in its cache from layer to layer.
  auto const wanted = batch > 0 ? (batch + lanes - 1) / lanes : runs_on_host ? std::int64_t{Execution().concurrency()} : 4096 / lanes;
  batch_groups_ = std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(groups(), 1));
  for (std::size_t l = 0; l + 1 < network.layers.size(); ++l) {
    auto const& layer = network.layers[l];
    convolutions_.push_back(convolution_weights(layer.weight, layer.scale, layer.shift, layer.inputs));
  }
  linear_weight_ = to_device(network.layers.back().weight, "bellshard::network::linear_weight");
  linear_bias_ = to_device(network.layers.back().shift, "bellshard::network::linear_bias");
  factor_ = to_device(images.factor, "bellshard::network::factor");
  shift_ = to_device(images.shift, "bellshard::network::shift");
  pixel_ = to_device(images.pixel, "bellshard::network::pixel");
  std::int64_t most = images.channels * images.rows * images.columns;
  for (std::size_t b = 0; b <= network.blocks.size(); ++b) {
    auto const shape = shape_of(b);
    most = std::max(most, shape.channels * shape.rows * shape.columns);
  }
  for (int k = 0; k < buffers; ++k) buffer_.emplace_back("bellshard::network::maps", static_cast<std::size_t>(batch_groups_ * most * lanes));
}

void Forward::replace_weight(std::size_t layer, std::vector<float> const& weight) {
  auto const& own = network_.layers[layer];
  BELLSHARD_EXPECT(weight.size() == own.weight.size());
  if (layer + 1 == network_.layers.size()) {
    copy_to_device(weight, linear_weight_, 0);
  } else {
    convolutions_[layer].weight = packed_weight(weight, own.outputs, own.inputs);
  }
}

void Forward::replace_norm(std::size_t layer, std::vector<float> scale, std::vector<float> shift) {
  BELLSHARD_EXPECT(scale.size() == network_.layers[layer].scale.size() && shift.size() == scale.size());
  if (layer + 1 == network_.layers.size()) {
    copy_to_device(shift, linear_bias_, 0);
    return;
  }
  copy_to_device(scale, convolutions_[layer].scale, 0);
  copy_to_device(shift, convolutions_[layer].shift, 0);
}

Forward::Shape Forward::shape_of(std::size_t block) const {
  Shape shape{network_.layers.front().outputs, images_.rows, images_.columns};
  for (std::size_t b = 0; b < block; ++b) {
    auto const stride = network_.blocks[b].stride;
    shape = {network_.blocks[b].outputs, (shape.rows + stride - 1) / stride, (shape.columns + stride - 1) / stride};
  }
  return shape;
}

double Forward::activation_bytes(std::size_t block) const {
  auto const shape = shape_of(block);
  return 4.0 * static_cast<double>(groups() * lanes * shape.channels * shape.rows * shape.columns);
}

double Forward::operations(std::size_t from_block, Mask const& active) const {
  double sum = 0;
  for (auto b = from_block; b < network_.blocks.size(); ++b) {
    if (!active[b]) continue;
    auto const out = shape_of(b + 1);
    auto const& block = network_.blocks[b];
    sum += 18.0 * static_cast<double>(out.rows * out.columns * block.outputs * (block.inputs + block.outputs));
  }
  return sum;
}

FeatureMaps Forward::in_buffer(int buffer, std::int64_t groups, Shape shape) const {
  return FeatureMaps(buffer_[static_cast<std::size_t>(buffer)].data(), static_cast<std::size_t>(groups), static_cast<std::size_t>(shape.channels), static_cast<std::size_t>(shape.rows), static_cast<std::size_t>(shape.columns));
}

namespace {

/// Groups [first, first + groups) of maps that lie whole in memory.
FeatureMaps part(FeatureMaps const& maps, std::int64_t first, std::int64_t groups) {
  auto const group = maps.extent(1) * maps.extent(2) * maps.extent(3) * lanes;
  return FeatureMaps(maps.data() + static_cast<std::size_t>(first) * group, static_cast<std::size_t>(groups), maps.extent(1), maps.extent(2), maps.extent(3));
}

}  // namespace

Forward::Stage Forward::begin(std::int64_t first_group, std::int64_t groups, Activations const* from) const {
  if (from != nullptr) return {part(from->maps, first_group, groups), -1};
  Execution const execution;
  auto const pictures = in_buffer(1, groups, {images_.channels, images_.rows, images_.columns});
  normalise(execution, pixel_, first_group * lanes, factor_, shift_, pictures);
  auto const maps = in_buffer(0, groups, shape_of(0));
  convolve(execution, pictures, convolutions_.front(), 1, {}, maps);
  return {maps, 0};
}

Forward::Stage Forward::pass(std::size_t block, Stage const& in) const {
  Execution const execution;
  auto const& own = network_.blocks[block];
  auto const groups = static_cast<std::int64_t>(in.maps.extent(0));
  int const middle = (in.buffer + 1) % buffers, last = (in.buffer + 2) % buffers;
  auto const inner = in_buffer(middle, groups, shape_of(block + 1)), out = in_buffer(last, groups, shape_of(block + 1));
  convolve(execution, in.maps, convolutions_[Network::layer_of(block, 0)], own.stride, {}, inner);
  convolve(execution, inner, convolutions_[Network::layer_of(block, 1)], 1, {in.maps, own.stride, static_cast<int>((own.outputs - own.inputs) / 2)}, out);
  return {out, last};
}

template <class Take>
void Forward::for_each_batch(std::size_t block, Mask const& active, Activations const* from, Take const& take) const {
  BELLSHARD_EXPECT(active.size() == network_.blocks.size());
  for (std::int64_t first = 0; first < groups(); first += batch_groups_) {
    auto stage = begin(first, std::min(batch_groups_, groups() - first), from);
    for (auto b = from != nullptr ? from->block : 0; b < block; ++b) {
      BELLSHARD_EXPECT(active[b] != 0 || network_.blocks[b].removable());
      if (active[b]) stage = pass(b, stage);
    }
    take(first, stage);
  }
}

Activations Forward::until(std::size_t block, Mask const& active, Activations const* from) const {
  auto const shape = shape_of(block);
  Activations kept{block, FeatureMaps(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::network::activations"), static_cast<std::size_t>(groups()), static_cast<std::size_t>(shape.channels),
                                      static_cast<std::size_t>(shape.rows), static_cast<std::size_t>(shape.columns))};
  for_each_batch(block, active, from, [&](std::int64_t first, Stage const& stage) {
    Kokkos::deep_copy(Execution(), part(kept.maps, first, static_cast<std::int64_t>(stage.maps.extent(0))), stage.maps);
  });
  Execution().fence();
  return kept;
}

std::vector<float> Forward::logits(Mask const& active, Activations const* from) const {
  auto const classes = network_.classes(), own = images_.own.size();
  FeatureMaps const out("bellshard::network::logits", static_cast<std::size_t>(groups()), static_cast<std::size_t>(classes), 1, 1);
  for_each_batch(network_.blocks.size(), active, from, [&](std::int64_t first, Stage const& stage) {
    auto const groups = static_cast<std::int64_t>(stage.maps.extent(0));
    auto const means = in_buffer((stage.buffer + 1) % buffers, groups, {network_.layers.back().inputs, 1, 1});
    average_pool(Execution(), stage.maps, means);
    apply_linear(Execution(), means, linear_weight_, linear_bias_, part(out, first, groups));
  });
  auto const host = Kokkos::create_mirror_view(out);
  Kokkos::deep_copy(host, out);
  std::vector<float> logits(static_cast<std::size_t>(own * classes));
  for (std::int64_t i = 0; i < own; ++i) {
    for (std::int64_t c = 0; c < classes; ++c) logits[static_cast<std::size_t>(i * classes + c)] = host(static_cast<std::size_t>(i / lanes), static_cast<std::size_t>(c), 0, 0, static_cast<std::size_t>(i % lanes));
  }
  return logits;
}

std::vector<std::vector<double>> Forward::cosines() const {
  Mask const all(network_.blocks.size(), 1);
  std::vector<Array<double>> cosine;
  for (auto const& block : network_.blocks) cosine.emplace_back("bellshard::network::cosine", block.removable() ? static_cast<std::size_t>(images_.own.size()) : 0);
  for_each_batch(0, all, nullptr, [&](std::int64_t first, Stage stage) {
    for (std::size_t b = 0; b < network_.blocks.size(); ++b) {
      auto const next = pass(b, stage);
      if (network_.blocks[b].removable()) compare(Execution(), stage.maps, next.maps, cosine[b], first * lanes);
      stage = next;
    }
  });
  Execution().fence();
  std::vector<std::vector<double>> result;
  for (auto const& each : cosine) result.push_back(to_host(each));
  return result;
}

}  // namespace bellshard::network
