#include "src/network/forward.hpp"

#include <algorithm>

#include "kernels/network/layers.hpp"
#include "src/base/error.hpp"

namespace bellshard::network {
namespace {

constexpr int buffers = 3;  // a block's input, what lies between its convolutions, its output
constexpr int spare = buffers;  // a block's input as its first convolution takes it, where that is quantised

std::int64_t groups_of(std::int64_t images) { return (images + lanes - 1) / lanes; }

/// On the host a thread's group of images stays in its cache from layer to layer.
std::int64_t batch_groups(std::int64_t own_images, std::int64_t batch) {
  auto const wanted = batch > 0 ? groups_of(batch) : runs_on_host ? std::int64_t{Execution().concurrency()} : groups_of(4096);
  return std::clamp<std::int64_t>(wanted, 1, std::max<std::int64_t>(groups_of(own_images), 1));
}

/// [block] of its input, and behind the last block that of the mean.
std::vector<ImageShape> shapes_of(Network const& network, ImageShape const& images) {
  std::vector<ImageShape> shapes{{images.size, images.rows, images.columns, network.layers.front().outputs}};
  for (auto const& block : network.blocks) {
    auto const& in = shapes.back();
    shapes.push_back({in.size, (in.rows + block.stride - 1) / block.stride, (in.columns + block.stride - 1) / block.stride, block.outputs});
  }
  return shapes;
}

std::int64_t cells(ImageShape const& maps) { return maps.channels * maps.rows * maps.columns; }

/// Numbers of a group in one buffer: the largest maps that there are.
std::int64_t most_numbers(Network const& network, ImageShape const& images) {
  auto most = std::max(cells(images), network.layers.back().inputs);
  for (auto const& shape : shapes_of(network, images)) most = std::max(most, cells(shape));
  return most * lanes;
}

/// Groups [first, first + groups) of maps that lie whole in memory.
FeatureMaps part(FeatureMaps const& maps, std::int64_t first, std::int64_t groups) {
  auto const group = maps.extent(1) * maps.extent(2) * maps.extent(3) * lanes;
  return FeatureMaps(maps.data() + static_cast<std::size_t>(first) * group, static_cast<std::size_t>(groups), maps.extent(1), maps.extent(2), maps.extent(3));
}

}  // namespace

double activation_bytes(Network const& network, ImageShape const& images, std::int64_t own_images, std::size_t block) {
  return 4.0 * static_cast<double>(groups_of(own_images) * lanes * cells(shapes_of(network, images)[block]));
}

double most_activation_bytes(Network const& network, ImageShape const& images, std::int64_t own_images) {
  double most = 0;
  for (std::size_t block = 0; block <= network.blocks.size(); ++block) most = std::max(most, activation_bytes(network, images, own_images, block));
  return most;
}

double batch_bytes(Network const& network, ImageShape const& images, std::int64_t own_images, std::int64_t batch) {
  return 4.0 * buffers * static_cast<double>(batch_groups(own_images, batch) * most_numbers(network, images));
}

double forward_bytes(Network const& network, ImageShape const& images, std::int64_t own_images, std::int64_t batch) {
  return 4 * static_cast<double>(network.weights()) + pixel_bytes(images, own_images) + batch_bytes(network, images, own_images, batch);
}

Forward::Forward(Network const& network, Images const& images, std::int64_t batch) : network_(network), images_(images), shape_(shapes_of(network, images)), batch_groups_(batch_groups(images.own.size(), batch)), levels_(network.layers.size()) {
  BELLSHARD_INPUT(network.layers.front().inputs == images.channels, "the network has {} input channels, the images {}", network.layers.front().inputs, images.channels);
  for (std::size_t l = 0; l + 1 < network.layers.size(); ++l) {
    auto const& layer = network.layers[l];
    convolutions_.push_back(convolution_weights(layer.weight, layer.scale, layer.shift, layer.inputs));
  }
  linear_weight_ = to_device(network.layers.back().weight, "bellshard::network::linear_weight");
  linear_bias_ = to_device(network.layers.back().shift, "bellshard::network::linear_bias");
  factor_ = to_device(images.factor, "bellshard::network::factor");
  shift_ = to_device(images.shift, "bellshard::network::shift");
  pixel_ = to_device(images.pixel, "bellshard::network::pixel");
  for (int k = 0; k < buffers; ++k) buffer_.emplace_back("bellshard::network::maps", static_cast<std::size_t>(batch_groups_ * most_numbers(network, images)));
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

void Forward::quantise_input(std::size_t layer, Levels const& levels) {
  levels_[layer] = levels;
  if (buffer_.size() == buffers) buffer_.emplace_back("bellshard::network::quantised", buffer_.front().extent(0));
}

double Forward::operations(std::size_t from_block, Mask const& active) const {
  double sum = 0;
  for (auto b = from_block; b < network_.blocks.size(); ++b) {
    auto const& block = network_.blocks[b];
    auto const& out = shape_[b + 1];
    if (active[b]) sum += 18.0 * static_cast<double>(out.rows * out.columns * block.outputs * (block.inputs + block.outputs));
  }
  return sum;
}

FeatureMaps Forward::in_buffer(int buffer, std::int64_t groups, ImageShape const& maps) const {
  return FeatureMaps(buffer_[static_cast<std::size_t>(buffer)].data(), static_cast<std::size_t>(groups), static_cast<std::size_t>(maps.channels),
                     static_cast<std::size_t>(maps.rows), static_cast<std::size_t>(maps.columns));
}

FeatureMaps Forward::taken(std::size_t layer, FeatureMaps const& maps, int buffer, Look const& look) const {
  if (look) look(layer, maps);
  if (!(levels_[layer].scale > 0)) return maps;
  auto const size = [&](std::size_t axis) { return static_cast<std::int64_t>(maps.extent(axis)); };
  auto const quantised = in_buffer(buffer, size(0), {0, size(2), size(3), size(1)});
  quantise(Execution(), maps, levels_[layer], quantised);
  return quantised;
}

Forward::Stage Forward::begin(std::int64_t first_group, std::int64_t groups, Activations const* from, Look const& look) const {
  if (from != nullptr) return {part(from->maps, first_group, groups), -1};
  auto const maps = in_buffer(0, groups, shape_.front());
  convolve(Execution(), taken(0, pictures(first_group, groups), 1, look), convolutions_.front(), 1, {}, maps);
  return {maps, 0};
}

FeatureMaps Forward::pictures(std::int64_t first_group, std::int64_t groups) const {
  auto const maps = in_buffer(1, groups, images_);
  normalise(Execution(), pixel_, first_group * lanes, factor_, shift_, maps);
  return maps;
}

Forward::Stage Forward::pass(std::size_t block, Stage const& in, Look const& look) const {
  Execution const execution;
  auto const& own = network_.blocks[block];
  auto const groups = static_cast<std::int64_t>(in.maps.extent(0));
  int const middle = (in.buffer + 1) % buffers, last = (in.buffer + 2) % buffers;
  auto const inner = in_buffer(middle, groups, shape_[block + 1]), out = in_buffer(last, groups, shape_[block + 1]);
  auto const first = Network::layer_of(block, 0), second = Network::layer_of(block, 1);
  convolve(execution, taken(first, in.maps, spare, look), convolutions_[first], own.stride, {}, inner);
  convolve(execution, taken(second, inner, middle, look), convolutions_[second], 1, {in.maps, own.stride, static_cast<int>((own.outputs - own.inputs) / 2)}, out);
  return {out, last};
}

FeatureMaps Forward::plain_outputs(std::size_t layer, Stage const& in, std::int64_t first_group) const {
  Execution const execution;
  auto const groups = static_cast<std::int64_t>(in.maps.extent(0));
  if (layer == 0) {
    auto const out = in_buffer(0, groups, shape_.front());
    convolve(execution, taken(0, pictures(first_group, groups), 1, {}), convolutions_.front(), 1, {}, out, Ending::plain);
    return out;
  }
  auto const block = network_.block_of(layer);
  auto const stride = network_.blocks[block].stride;
  int const middle = (in.buffer + 1) % buffers, last = (in.buffer + 2) % buffers;
  auto const inner = in_buffer(middle, groups, shape_[block + 1]), out = in_buffer(last, groups, shape_[block + 1]);
  auto const first = Network::layer_of(block, 0);
  auto const ending = layer == first ? Ending::plain : Ending::rectified;
  convolve(execution, taken(first, in.maps, spare, {}), convolutions_[first], stride, {}, inner, ending);
  if (layer == first) return inner;
  convolve(execution, taken(layer, inner, middle, {}), convolutions_[layer], 1, {}, out, Ending::plain);
  return out;
}

FeatureMaps Forward::pooled(Stage const& stage, Look const& look) const {
  int const next = (stage.buffer + 1) % buffers;
  auto const means = in_buffer(next, static_cast<std::int64_t>(stage.maps.extent(0)), {0, 1, 1, network_.layers.back().inputs});
  average_pool(Execution(), stage.maps, means);
  return taken(network_.layers.size() - 1, means, next, look);
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
  auto const& shape = shape_[block];
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
    apply_linear(Execution(), pooled(stage), linear_weight_, linear_bias_, part(out, first, groups));
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

std::vector<double> Forward::channel_sums(std::size_t layer, Activations const* from) const {
  BELLSHARD_EXPECT(layer + 1 < network_.layers.size());
  auto const outputs = network_.layers[layer].outputs;
  Array<double> const sums("bellshard::network::channel_sums", static_cast<std::size_t>(images_.own.size() * outputs * 2));
  for_each_batch(network_.block_of(layer), Mask(network_.blocks.size(), 1), from, [&](std::int64_t first, Stage const& stage) {
    network::channel_sums(Execution(), plain_outputs(layer, stage, first), sums, first * lanes);
  });
  Execution().fence();
  return to_host(sums);
}

double Forward::cells(std::size_t layer) const {
  auto const& out = shape_[layer == 0 ? 0 : network_.block_of(layer) + 1];
  return static_cast<double>(out.rows * out.columns);
}

std::vector<InputRange> Forward::input_ranges() const {
  std::vector<InputRange> ranges(network_.layers.size());
  for (std::int64_t first = 0; first < groups(); first += batch_groups_) {
    Look const look = [&](std::size_t layer, FeatureMaps const& in) {
      auto const found = range_of(Execution(), in, images_.own.size() - first * lanes);
      ranges[layer] = {std::min(ranges[layer].least, found.min_val), std::max(ranges[layer].greatest, found.max_val)};
    };
    auto stage = begin(first, std::min(batch_groups_, groups() - first), nullptr, look);
    for (std::size_t b = 0; b < network_.blocks.size(); ++b) stage = pass(b, stage, look);
    pooled(stage, look);
  }
  return ranges;
}

}  // namespace bellshard::network
