#include "jobs/bit_allocation/layer_samples.hpp"

#include <algorithm>
#include <numeric>

#include "kernels/network/layers.hpp"

namespace bellshard::bit_allocation {

using namespace network;

namespace {

constexpr std::int64_t images_at_once = 64;  // on the way through the network

FeatureMaps maps_of(std::int64_t images, std::int64_t channels, std::int64_t rows, std::int64_t columns) {
  auto const size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
  return FeatureMaps("bellshard::bit_allocation::maps", size((images + lanes - 1) / lanes), size(channels), size(rows), size(columns));
}

Samples samples_of(std::int64_t images, std::int64_t cells) {
  return Samples(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::bit_allocation::samples"), static_cast<std::size_t>(images), static_cast<std::size_t>(cells));
}

}  // namespace

Array<std::int64_t> in_order(std::int64_t images) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(images));
  std::iota(order.begin(), order.end(), 0);
  return to_device(order, "bellshard::bit_allocation::order");
}

std::vector<LayerShape> layer_shapes(Network const& network, ImageShape const& images) {
  std::vector<LayerShape> shapes;
  auto rows = images.rows, columns = images.columns;
  for (std::size_t l = 0; l < network.layers.size(); ++l) {
    auto const& layer = network.layers[l];
    bool const linear = l + 1 == network.layers.size();
    LayerShape shape{layer.inputs, layer.outputs, linear ? 1 : rows, linear ? 1 : columns};
    rows = shape.rows = (shape.in_rows + layer.stride - 1) / layer.stride;
    columns = shape.columns = (shape.in_columns + layer.stride - 1) / layer.stride;
    shape.stride = layer.stride;
    shape.taps = linear ? 1 : 9;
    if (!linear && l > 0 && l % 2 == 0) {  // the second of a block; its shortcut is what the first is given
      auto const& first = shapes.back();
      shape.shortcut_inputs = first.inputs;
      shape.shortcut_rows = first.in_rows;
      shape.shortcut_columns = first.in_columns;
      shape.shortcut_first = static_cast<int>((shape.outputs - first.inputs) / 2);
    }
    shapes.push_back(shape);
  }
  return shapes;
}

LayerBatch::LayerBatch(LayerShape const& shape, std::int64_t most_images)
    : shape(shape),
      in(maps_of(most_images, shape.inputs, shape.in_rows, shape.in_columns)),
      out(maps_of(most_images, shape.outputs, shape.rows, shape.columns)),
      wanted(maps_of(most_images, shape.outputs, shape.rows, shape.columns)),
      shortcut(shape.shortcut_inputs > 0 ? maps_of(most_images, shape.shortcut_inputs, shape.shortcut_rows, shape.shortcut_columns) : FeatureMaps()) {}

void LayerBatch::take(LayerSamples const& samples, Array<std::int64_t const> const& chosen, std::int64_t first, std::int64_t count) {
  Execution const execution;
  images = count;
  take_samples(execution, samples.in, chosen, first, count, in);
  if (samples.out.extent(0) > 0) take_samples(execution, samples.out, chosen, first, count, wanted);
  if (samples.shortcut.extent(0) > 0) take_samples(execution, samples.shortcut, chosen, first, count, shortcut);
}

void LayerBatch::pass(ConvolutionWeights const& layer, ConstFeatureMaps const& given) const {
  if (shape.taps == 1) {
    apply_linear(Execution(), given, layer.weight, layer.shift, out);
  } else {
    // The shortcut takes the places that the block's first layer takes.
    auto const stride = shape.shortcut_rows > shape.rows || shape.shortcut_columns > shape.columns ? 2 : 1;
    convolve(Execution(), given, layer, shape.stride, {shortcut, stride, shape.shortcut_first}, out, shape.ending());
  }
}

ConvolutionWeights weights_of(Layer const& layer) {
  auto weights = convolution_weights({}, layer.scale, layer.shift, 0);
  weights.inputs = layer.inputs;
  bool const linear = static_cast<std::int64_t>(layer.weight.size()) == layer.outputs * layer.inputs;
  weights.weight = linear ? to_device(layer.weight, "bellshard::bit_allocation::weight") : packed_weight(layer.weight, layer.outputs, layer.inputs);
  return weights;
}

void LayerWalk::begin() {
  layer_ = 0;
  samples_ = {shape_.front(), samples_of(images_.own.size(), shape_.front().in_cells()), {}, {}};
  auto const& shape = shape_.front();
  auto const factor = to_device(images_.factor, "bellshard::bit_allocation::factor"), shift = to_device(images_.shift, "bellshard::bit_allocation::shift");
  auto const pixel = to_device(images_.pixel, "bellshard::bit_allocation::pixel");
  auto const maps = maps_of(images_at_once, shape.inputs, shape.in_rows, shape.in_columns);
  for (std::int64_t first = 0; first < samples_.images(); first += images_at_once) {
    normalise(Execution(), pixel, first, factor, shift, maps);
    keep_samples(Execution(), maps, samples_.in, first);
  }
  Execution().fence();
  pass_through();
}

void LayerWalk::pass_through() {
  auto const weights = weights_of(network_.layers[layer_]);
  auto const order = in_order(samples_.images());
  LayerBatch batch(samples_.shape, images_at_once);
  auto const out = samples_of(samples_.images(), samples_.shape.cells());
  for (std::int64_t first = 0; first < samples_.images(); first += images_at_once) {
    batch.take(samples_, order, first, std::min(images_at_once, samples_.images() - first));
    batch.pass(weights, batch.in);
    keep_samples(Execution(), batch.out, out, first);
  }
  Execution().fence();
  samples_.out = out;
}

Samples LayerWalk::pooled(Samples const& maps, LayerShape const& from) const {
  auto const images = static_cast<std::int64_t>(maps.extent(0));
  auto const in = maps_of(images_at_once, from.outputs, from.rows, from.columns), mean = maps_of(images_at_once, from.outputs, 1, 1);
  auto const out = samples_of(images, from.outputs);
  auto const order = in_order(images);
  for (std::int64_t first = 0; first < images; first += images_at_once) {
    take_samples(Execution(), maps, order, first, std::min(images_at_once, images - first), in);
    average_pool(Execution(), in, mean);
    keep_samples(Execution(), mean, out, first);
  }
  Execution().fence();
  return out;
}

void LayerWalk::advance() {
  auto const from = samples_.shape;
  auto const& shape = shape_[++layer_];
  samples_ = {shape, samples_.out, {}, shape.shortcut_inputs > 0 ? samples_.in : Samples()};
  if (shape.taps == 1) samples_.in = pooled(samples_.in, from);
  pass_through();
}

LayerSamples const& LayerWalk::at(std::size_t layer) {
  if (samples_.images() == 0 || layer < layer_) begin();
  while (layer_ < layer) advance();
  return samples_;
}

double sample_bytes(LayerShape const& shape, std::int64_t images) { return 4.0 * static_cast<double>(images * (shape.in_cells() + shape.cells() + shape.shortcut_cells())); }

}  // namespace bellshard::bit_allocation
