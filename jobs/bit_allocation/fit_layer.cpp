#include "jobs/bit_allocation/fit_layer.hpp"

#include <algorithm>
#include <cmath>

#include "kernels/network/adam.hpp"
#include "kernels/network/gradient.hpp"
#include "kernels/network/layers.hpp"
#include "kernels/sample/permutation.hpp"

namespace bellshard::bit_allocation {

using namespace network;

namespace {

constexpr std::uint32_t purpose_batch = 0x16;
constexpr std::int64_t looks = 4;
constexpr double smallest = 1e-3;  // range, in parts of the one that it began with

/// Images of all iterations: each pass through them in an order of its own.
std::vector<std::int64_t> draw_batches(std::int64_t images, std::int64_t draws, std::int64_t seed) {
  std::vector<std::int64_t> chosen;
  for (std::int64_t pass = 0; static_cast<std::int64_t>(chosen.size()) < draws; ++pass) {
    sample::Permutation const order(static_cast<std::uint64_t>(images), sample::draw_block(static_cast<std::uint32_t>(seed), purpose_batch, static_cast<std::uint64_t>(pass), 0));
    for (std::int64_t i = 0; i < images && static_cast<std::int64_t>(chosen.size()) < draws; ++i) chosen.push_back(static_cast<std::int64_t>(order(static_cast<std::uint64_t>(i))));
  }
  return chosen;
}

Array<double> numbers(std::vector<double> const& start) { return to_device(start, "bellshard::bit_allocation::numbers"); }
Array<double> numbers(std::int64_t size) { return Array<double>("bellshard::bit_allocation::numbers", static_cast<std::size_t>(size)); }

std::int64_t whole_tiles(std::int64_t n) { return (n + tile_outputs - 1) / tile_outputs * tile_outputs; }

/// Of a convolution with these weights alone.
ConvolutionWeights bare(std::int64_t outputs, std::int64_t inputs, int taps) {
  std::vector<float> const one(static_cast<std::size_t>(outputs), 1.0f), nought(static_cast<std::size_t>(outputs));
  auto weights = convolution_weights({}, one, nought, 0);
  weights.inputs = inputs;
  weights.weight = Array<float>("bellshard::bit_allocation::weight", static_cast<std::size_t>((taps == 1 ? outputs : whole_tiles(outputs)) * inputs * taps));
  return weights;
}

/// A number that is moved on the host.
struct MovedNumber {
  double number = 0, mean = 0, square = 0;
  void move(double slope, AdamStep const& step) { number = step(number, slope, mean, square); }
};

/// Range and least number of the levels of an input.
struct InputLevels {
  MovedNumber range, least;
  double most = 0, smallest_range = 0;

  Levels levels() const { return levels_over(range.number, least.number, most); }
};

class Fit {
 public:
  Fit(Layer const& layer, LayerSamples const& samples, InputRange const* range, std::int32_t bits, FitConfig const& config)
      : samples_(samples),
        config_(config),
        shape_(samples.shape),
        size_(std::min(config.batch, samples.images())),
        batch_(shape_, size_),
        in_order_(in_order(samples.images())),
        chosen_(to_device(draw_batches(samples.images(), size_ * config.iterations, config.seed), "bellshard::bit_allocation::chosen")),
        quantises_input_(range != nullptr),
        given_(quantises_input_ ? FeatureMaps("bellshard::bit_allocation::given", batch_.in.layout()) : batch_.in),
        ahead_(weights_of(layer)),
        back_(bare(shape_.inputs, shape_.outputs, shape_.taps)),
        slope_(numbers(static_cast<std::int64_t>(layer.weight.size()))),
        of_range_(numbers(shape_.outputs)),
        of_least_(numbers(shape_.outputs)),
        of_shift_(numbers(shape_.outputs)),
        of_input_(numbers(shape_.inputs)),
        lines_(numbers(std::max(shape_.outputs * shape_.rows, shape_.inputs * shape_.in_rows) * lanes)),
        more_lines_(numbers(shape_.inputs * shape_.in_rows * lanes)),
        weight_lines_("bellshard::bit_allocation::weight_lines", layer.weight.size() * lanes) {
    std::vector<double> range_of, least_of, smallest_of;
    auto const each = static_cast<std::ptrdiff_t>(layer.weight.size()) / layer.outputs;
    for (auto first = layer.weight.begin(); first != layer.weight.end(); first += each) {
      auto const [least, greatest] = std::minmax_element(first, first + each);
      least_of.push_back(std::min(0.0, static_cast<double>(*least)));
      range_of.push_back(std::max(0.0, static_cast<double>(*greatest)) - least_of.back());
      smallest_of.push_back(smallest * range_of.back());
    }
    weight_ = Moved(numbers(std::vector<double>(layer.weight.begin(), layer.weight.end())));
    shift_ = Moved(numbers(std::vector<double>(layer.shift.begin(), layer.shift.end())));
    range_ = Moved(numbers(range_of));
    least_ = Moved(numbers(least_of));
    smallest_ = numbers(smallest_of);
    most_ = std::exp2(bits) - 1;
    if (!quantises_input_) return;
    input_.least.number = std::min(0.0, static_cast<double>(range->least));
    input_.range.number = std::max(0.0, static_cast<double>(range->greatest)) - input_.least.number;
    input_.smallest_range = smallest * input_.range.number;
    input_.most = most_;
    behind_ = FeatureMaps("bellshard::bit_allocation::behind", batch_.in.layout());
    if (shape_.stride > 1) spread_ = FeatureMaps("bellshard::bit_allocation::spread", batch_.in.extent(0), batch_.out.extent(1), batch_.in.extent(2), batch_.in.extent(3));
  }

  FittedLayer run() {
    take_levels();
    auto best = snapshot();
    best.error_before = best.error_after = error();
    for (std::int64_t t = 1; t <= config_.iterations; ++t) {
      iterate(t);
      if (t * looks / config_.iterations == (t - 1) * looks / config_.iterations) continue;
      auto const now = error();
      if (!(now < best.error_after)) continue;
      auto const before = best.error_before;
      best = snapshot();
      best.error_before = before;
      best.error_after = now;
    }
    return best;
  }

 private:
  WeightLevels weight_levels() const { return {weight_.number, range_.number, least_.number, most_}; }

  /// Weights and shift, as they are now, where kernels take them from.
  void take_levels() {
    quantise_weight(Execution(), weight_levels(), shape_.inputs, shape_.taps, ahead_.weight, back_.weight);
    copy_numbers(Execution(), shift_.number, ahead_.shift);
  }

  void pass() {
    if (quantises_input_) quantise(Execution(), batch_.in, input_.levels(), given_);
    batch_.pass(ahead_, given_);
  }

  /// Of lines [channel, row, lane]; sums [channel] on the way.
  double sum_on_host(Array<double> const& lines, std::int64_t channels, std::int64_t rows, Array<double> const& sums) const {
    sum_lines(Execution(), lines, rows * lanes, sums);
    Execution().fence();
    double sum = 0;
    for (auto const part : to_host(sums, 0, channels)) sum += part;
    return sum;
  }

  double error() {
    double sum = 0;
    for (std::int64_t first = 0; first < samples_.images(); first += size_) {
      batch_.take(samples_, in_order_, first, std::min(size_, samples_.images() - first));
      pass();
      squared_error(Execution(), batch_.out, batch_.wanted, batch_.images, lines_);
      sum += sum_on_host(lines_, shape_.outputs, shape_.rows, of_shift_);
    }
    return sum / static_cast<double>(samples_.images() * shape_.cells());
  }

  void iterate(std::int64_t t) {
    Execution const execution;
    batch_.take(samples_, chosen_, (t - 1) * size_, size_);
    pass();
    auto const factor = 1 / static_cast<double>(size_ * shape_.cells());
    error_slopes(execution, batch_.out, batch_.wanted, size_, shape_.ending(), ahead_.scale, factor, batch_.out, lines_);
    sum_lines(execution, lines_, shape_.rows * lanes, of_shift_);
    if (shape_.taps == 1) {
      linear_weight_slopes(execution, given_, batch_.out, weight_lines_);
    } else {
      convolution_weight_slopes(execution, given_, batch_.out, shape_.stride, weight_lines_);
    }
    sum_lines(execution, weight_lines_, lanes, slope_);
    if (quantises_input_) move_input(t);
    weight_level_slopes(execution, weight_levels(), slope_, of_range_, of_least_);
    move_numbers(execution, weight_, slope_, AdamStep(config_.weight_rate, t));
    move_numbers(execution, shift_, of_shift_, AdamStep(config_.bias_rate, t));
    move_numbers(execution, range_, of_range_, AdamStep(config_.weight_range_rate, t));
    move_numbers(execution, least_, of_least_, AdamStep(config_.weight_range_rate, t));
    keep_zero_inside(execution, range_.number, least_.number, smallest_);
    take_levels();
  }

  void move_input(std::int64_t t) {
    Execution const execution;
    if (shape_.taps == 1) {
      apply_linear(execution, batch_.out, back_.weight, back_.shift, behind_);
    } else {
      if (shape_.stride > 1) spread(execution, batch_.out, shape_.stride, spread_);
      convolve(execution, shape_.stride > 1 ? spread_ : batch_.out, back_, 1, {}, behind_, Ending::plain);
    }
    input_level_slopes(execution, batch_.in, behind_, input_.levels(), input_.least.number, lines_, more_lines_);
    auto const of_range = sum_on_host(lines_, shape_.inputs, shape_.in_rows, of_input_), of_least = sum_on_host(more_lines_, shape_.inputs, shape_.in_rows, of_input_);
    AdamStep const step(config_.input_range_rate, t);
    input_.range.move(of_range, step);
    input_.least.move(of_least, step);
    keep_zero_inside(input_.range.number, input_.least.number, input_.smallest_range);
  }

  FittedLayer snapshot() const {
    Execution().fence();
    FittedLayer fitted;
    auto const weight = to_host(weight_.number), range = to_host(range_.number), least = to_host(least_.number), shift = to_host(shift_.number);
    auto const each = weight.size() / range.size();
    for (std::size_t w = 0; w < weight.size(); ++w) fitted.weight.push_back(quantised(weight[w], levels_over(range[w / each], least[w / each], most_)));
    fitted.shift.assign(shift.begin(), shift.end());
    if (quantises_input_) fitted.input = input_.levels();
    return fitted;
  }

  LayerSamples const& samples_;
  FitConfig const& config_;
  LayerShape shape_;
  std::int64_t size_;  ///< of a batch
  LayerBatch batch_;
  Array<std::int64_t> in_order_, chosen_;
  bool quantises_input_;
  FeatureMaps given_;   ///< the input at its levels
  FeatureMaps behind_;  ///< slopes of that
  FeatureMaps spread_;
  ConvolutionWeights ahead_, back_;
  Moved weight_, shift_, range_, least_;
  Array<double> smallest_;
  double most_ = 0;
  InputLevels input_;
  Array<double> slope_, of_range_, of_least_, of_shift_, of_input_, lines_, more_lines_;
  Array<float> weight_lines_;
};

}  // namespace

FittedLayer fit_layer(Layer const& layer, LayerSamples const& samples, InputRange const* range, std::int32_t bits, FitConfig const& config) {
  return Fit(layer, samples, range, bits, config).run();
}

double fit_bytes(LayerShape const& shape, std::int64_t batch) {
  auto const images = (batch + lanes - 1) / lanes * lanes;
  auto const maps = 3 * shape.in_cells() + 2 * shape.cells() + shape.shortcut_cells() + (shape.stride > 1 ? shape.outputs * shape.in_rows * shape.in_columns : 0);
  auto const weights = shape.inputs * shape.outputs * shape.taps;
  return 4.0 * static_cast<double>(images * maps) + static_cast<double>(weights) * (4 * 8 + 2 * 4 + 4 * lanes);
}

}  // namespace bellshard::bit_allocation
