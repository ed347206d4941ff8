#include "jobs/bit_allocation/calibrate_layers.hpp"

#include <algorithm>

#include "src/dist/gather.hpp"

namespace bellshard::bit_allocation {
namespace {

constexpr std::size_t numbers_of_task = 5;

}  // namespace

FittedLayers::FittedLayers(network::Network const& network, std::vector<std::int32_t> bits) : network_(network), bits_(std::move(bits)), numbers_(tasks() * numbers_of_task) {
  std::size_t weights = 0, shifts = 0;
  for (std::size_t task = 0; task < tasks(); ++task) {
    first_weight_.push_back(weights);
    first_shift_.push_back(shifts);
    auto const& layer = network.layers[layer_of(task)];
    weights += layer.weight.size();
    shifts += layer.shift.size();
  }
  weight_.resize(weights);
  shift_.resize(shifts);
}

FittedLayer FittedLayers::get(std::size_t layer, std::int32_t bits) const {
  auto const k = std::find(bits_.begin(), bits_.end(), bits) - bits_.begin();
  return at(layer * bits_.size() + static_cast<std::size_t>(k));
}

FittedLayer FittedLayers::at(std::size_t task) const {
  auto const& layer = network_.layers[layer_of(task)];
  auto const part = [](std::vector<float> const& all, std::size_t first, std::size_t size) {
    auto const begin = all.begin() + static_cast<std::ptrdiff_t>(first);
    return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(size));
  };
  auto const* const n = &numbers_[task * numbers_of_task];
  return {part(weight_, first_weight_[task], layer.weight.size()), part(shift_, first_shift_[task], layer.shift.size()), {n[0], n[1], n[2]}, n[3], n[4]};
}

void FittedLayers::set(std::size_t task, FittedLayer const& fitted) {
  std::copy(fitted.weight.begin(), fitted.weight.end(), weight_.begin() + static_cast<std::ptrdiff_t>(first_weight_[task]));
  std::copy(fitted.shift.begin(), fitted.shift.end(), shift_.begin() + static_cast<std::ptrdiff_t>(first_shift_[task]));
  double const numbers[] = {fitted.input.scale, fitted.input.zero, fitted.input.most, fitted.error_before, fitted.error_after};
  std::copy(std::begin(numbers), std::end(numbers), numbers_.begin() + static_cast<std::ptrdiff_t>(task * numbers_of_task));
}

std::vector<double> FittedLayers::errors(double FittedLayer::* which) const {
  std::vector<double> errors;
  for (std::size_t task = 0; task < tasks(); ++task) errors.push_back(at(task).*which);
  return errors;
}

std::vector<io::ShardedArray> FittedLayers::arrays() {
  return {io::replicated_array("fitted_weight", weight_, "weights at their levels, layer by layer at each precision"),
          io::replicated_array("fitted_shift", shift_, "shift of each output, or the linear layer's bias"),
          io::replicated_array("fitted_numbers", numbers_, "levels of the input (scale, zero, most) and errors before and after, of each layer at each precision")};
}

double fitted_bytes(network::Network const& network, std::size_t precisions) {
  double numbers = 0;
  for (auto const& layer : network.layers) numbers += static_cast<double>(layer.weight.size() + layer.shift.size());
  return 4 * numbers * static_cast<double>(precisions);
}

double largest_fit_bytes(network::Network const& network, network::ImageShape const& images, std::int64_t batch) {
  double most = 0;
  for (auto const& shape : layer_shapes(network, images)) most = std::max(most, sample_bytes(shape, images.size) + fit_bytes(shape, std::min(batch, images.size)));
  return most;
}

CalibrateLayers::CalibrateLayers(Context& context, network::Network const& network, network::Images const& images, std::vector<network::InputRange> ranges, std::vector<std::int32_t> bits,
                                 FitConfig const& config)
    : context_(context), network_(network), shape_(layer_shapes(network, images)), walk_(network, images), ranges_(std::move(ranges)), config_(config), fitted_(network, std::move(bits)) {}

FittedLayer CalibrateLayers::fit(std::size_t task) {
  auto const layer = fitted_.layer_of(task);
  return fit_layer(network_.layers[layer], walk_.at(layer), ranges_.empty() ? nullptr : &ranges_[layer], fitted_.bits_of(task), config_);
}

void CalibrateLayers::advance(std::int64_t) {
  auto const first = done_[0], last = std::min(tasks(), first + context_.ranks());
  auto const mine = first + context_.rank();
  std::vector<double> own;
  together(context_.comm(), [&] {
    if (mine >= last) return;
    auto const fitted = fit(static_cast<std::size_t>(mine));
    own.assign(fitted.weight.begin(), fitted.weight.end());
    own.insert(own.end(), fitted.shift.begin(), fitted.shift.end());
    own.insert(own.end(), {fitted.input.scale, fitted.input.zero, fitted.input.most, fitted.error_before, fitted.error_after});
  });
  auto const all = gather_from_ranks(context_.comm(), own);
  auto next = all.begin();
  auto const take = [&](std::size_t size) {
    next += static_cast<std::ptrdiff_t>(size);
    return std::vector<float>(next - static_cast<std::ptrdiff_t>(size), next);
  };
  work_ = {};
  for (auto task = first; task < last; ++task) {
    auto const& layer = network_.layers[fitted_.layer_of(static_cast<std::size_t>(task))];
    FittedLayer fitted;
    fitted.weight = take(layer.weight.size());
    fitted.shift = take(layer.shift.size());
    fitted.input = {next[0], next[1], next[2]};
    fitted.error_before = next[3];
    fitted.error_after = next[4];
    next += numbers_of_task;
    fitted_.set(static_cast<std::size_t>(task), fitted);
    work_.updates += static_cast<double>(config_.iterations);
  }
  done_[0] = last;
}

double CalibrateLayers::operations(std::int64_t tasks) const {
  double sum = 0;
  for (std::int64_t task = 0; task < tasks; ++task) {
    auto const& shape = shape_[fitted_.layer_of(static_cast<std::size_t>(task))];
    sum += static_cast<double>(shape.inputs * shape.taps * shape.cells()) + 1;
  }
  return sum;
}

double CalibrateLayers::share_done() const { return operations(done_[0]) / operations(tasks()); }

std::vector<io::ShardedArray> CalibrateLayers::arrays() {
  auto arrays = fitted_.arrays();
  arrays.push_back(io::replicated_array("layers_done", done_, "layers and precisions that are fitted"));
  return arrays;
}

}  // namespace bellshard::bit_allocation
