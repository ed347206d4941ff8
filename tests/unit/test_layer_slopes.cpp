#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/network/adam.hpp"
#include "kernels/network/gradient.hpp"
#include "kernels/network/layers.hpp"
#include "kernels/network/samples.hpp"
#include "kernels/network/straight_through.hpp"

using namespace bellshard;
using namespace bellshard::network;

namespace {

std::mt19937 draw(11);

std::vector<double> random_numbers(std::size_t n) {
  std::vector<double> numbers(n);
  for (auto& x : numbers) x = static_cast<double>(static_cast<float>(std::uniform_real_distribution(-1.0, 1.0)(draw)));
  return numbers;
}

std::vector<float> single(std::vector<double> const& numbers) { return {numbers.begin(), numbers.end()}; }

struct Shape {
  std::size_t images, inputs, outputs, rows, columns, stride, taps;  ///< taps 3: of a row of the kernel; 1: linear
  std::size_t out_rows() const { return (rows + stride - 1) / stride; }
  std::size_t out_columns() const { return (columns + stride - 1) / stride; }
};

/// A layer's numbers as plain loops see them: in, wanted and shortcut [image, channel, row, column].
struct Problem {
  Shape shape;
  std::vector<double> in, weight, scale, shift, shortcut, wanted;

  explicit Problem(Shape const& s)
      : shape(s),
        in(random_numbers(s.images * s.inputs * s.rows * s.columns)),
        weight(random_numbers(s.outputs * s.inputs * s.taps * s.taps)),
        scale(s.taps == 1 ? std::vector<double>(s.outputs, 1.0) : random_numbers(s.outputs)),
        shift(random_numbers(s.outputs)),
        shortcut(s.taps == 1 ? std::vector<double>(numbers()) : random_numbers(numbers())),
        wanted(random_numbers(numbers())) {}

  std::size_t numbers() const { return shape.images * shape.outputs * shape.out_rows() * shape.out_columns(); }

  double loss() const {
    double sum = 0;
    std::size_t at = 0;
    auto const margin = static_cast<std::ptrdiff_t>(shape.taps / 2);
    for (std::size_t i = 0; i < shape.images; ++i) {
      for (std::size_t o = 0; o < shape.outputs; ++o) {
        for (std::size_t r = 0; r < shape.out_rows(); ++r) {
          for (std::size_t c = 0; c < shape.out_columns(); ++c, ++at) {
            double value = 0;
            for (std::size_t n = 0; n < shape.inputs; ++n) {
              for (std::size_t y = 0; y < shape.taps; ++y) {
                for (std::size_t x = 0; x < shape.taps; ++x) {
                  auto const row = static_cast<std::ptrdiff_t>(r * shape.stride + y) - margin, column = static_cast<std::ptrdiff_t>(c * shape.stride + x) - margin;
                  if (row < 0 || column < 0 || row >= static_cast<std::ptrdiff_t>(shape.rows) || column >= static_cast<std::ptrdiff_t>(shape.columns)) continue;
                  value += weight[((o * shape.inputs + n) * shape.taps + y) * shape.taps + x] *
                           in[((i * shape.inputs + n) * shape.rows + static_cast<std::size_t>(row)) * shape.columns + static_cast<std::size_t>(column)];
                }
              }
            }
            value = scale[o] * value + shift[o] + shortcut[at];
            if (shape.taps == 3) value = std::max(0.0, value);
            sum += (value - wanted[at]) * (value - wanted[at]);
          }
        }
      }
    }
    return sum / static_cast<double>(numbers());
  }

  /// By central differences, each number of `of` in turn.
  std::vector<double> slopes(std::vector<double> Problem::* of) const {
    auto moved = *this;
    std::vector<double> slopes;
    for (auto& number : moved.*of) {
      double const kept = number, step = 1e-6;
      number = kept + step;
      double const above = moved.loss();
      number = kept - step;
      slopes.push_back((above - moved.loss()) / (2 * step));
      number = kept;
    }
    return slopes;
  }
};

FeatureMaps maps_of(std::size_t images, std::size_t channels, std::size_t rows, std::size_t columns) { return FeatureMaps("test::maps", (images + lanes - 1) / lanes, channels, rows, columns); }

FeatureMaps on_device(std::vector<double> const& numbers, std::size_t images, std::size_t channels, std::size_t rows, std::size_t columns) {
  Samples const samples("test::samples", images, channels * rows * columns);
  auto const host = Kokkos::create_mirror_view(samples);
  for (std::size_t k = 0; k < numbers.size(); ++k) host.data()[k] = static_cast<float>(numbers[k]);
  Kokkos::deep_copy(samples, host);
  std::vector<std::int64_t> order;
  for (std::size_t i = 0; i < images; ++i) order.push_back(static_cast<std::int64_t>(i));
  auto const maps = maps_of(images, channels, rows, columns);
  take_samples(Execution(), samples, to_device(order, "test::order"), 0, static_cast<std::int64_t>(images), maps);
  return maps;
}

std::vector<float> on_host(FeatureMaps const& maps, std::size_t images) {
  Samples const samples("test::samples", images, maps.extent(1) * maps.extent(2) * maps.extent(3));
  keep_samples(Execution(), maps, samples, 0);
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), samples);
  return {host.data(), host.data() + host.size()};
}

template <class Numbers>
void check_close(Numbers const& found, std::vector<double> const& expected) {
  REQUIRE(found.size() == expected.size());
  std::size_t wrong = 0;
  for (std::size_t k = 0; k < expected.size(); ++k) wrong += std::abs(static_cast<double>(found[k]) - expected[k]) > 2e-5 * (0.01 + std::abs(expected[k]));
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("slopes of a layer's error are what differences give: weights, shift, input") {
  for (auto const& shape : {Shape{3, 2, 5, 4, 5, 1, 3}, Shape{static_cast<std::size_t>(lanes) + 3, 3, 4, 5, 3, 1, 3}, Shape{2, 4, 6, 5, 7, 2, 3}, Shape{5, 3, 8, 6, 4, 2, 3}, Shape{1, 1, 1, 1, 1, 1, 3},
                            Shape{static_cast<std::size_t>(lanes) + 2, 6, 3, 1, 1, 1, 1}}) {
    INFO(shape.inputs << " to " << shape.outputs << " channels, " << shape.rows << " x " << shape.columns << ", stride " << shape.stride);
    Problem const problem(shape);
    Execution const execution;
    auto const outputs = shape.outputs, rows = shape.out_rows(), columns = shape.out_columns();
    bool const linear = shape.taps == 1;
    auto const in = on_device(problem.in, shape.images, shape.inputs, shape.rows, shape.columns);
    auto const wanted = on_device(problem.wanted, shape.images, outputs, rows, columns), out = maps_of(shape.images, outputs, rows, columns);
    auto layer = convolution_weights(single(problem.weight), single(problem.scale), single(problem.shift), linear ? 0 : static_cast<std::int64_t>(shape.inputs));
    Array<double> const shift_lines("test::lines", outputs * rows * lanes), error_lines("test::lines", outputs * rows * lanes), shift("test::shift", outputs), weight("test::weight", problem.weight.size());
    Array<double> const error("test::error", 1);
    Array<float> const weight_lines("test::lines", problem.weight.size() * lanes);
    auto const images = static_cast<std::int64_t>(shape.images), each = static_cast<std::int64_t>(rows) * lanes;

    if (linear) {
      layer.weight = to_device(single(problem.weight), "test::weight");
      apply_linear(execution, in, layer.weight, layer.shift, out);
    } else {
      convolve(execution, in, layer, static_cast<int>(shape.stride), {on_device(problem.shortcut, shape.images, outputs, rows, columns), 1, 0}, out);
    }
    squared_error(execution, out, wanted, images, error_lines);
    sum_lines(execution, error_lines, static_cast<std::int64_t>(outputs) * each, error);
    error_slopes(execution, out, wanted, images, linear ? Ending::plain : Ending::rectified, layer.scale, 1 / static_cast<double>(problem.numbers()), out, shift_lines);
    sum_lines(execution, shift_lines, each, shift);
    if (linear) {
      linear_weight_slopes(execution, in, out, weight_lines);
    } else {
      convolution_weight_slopes(execution, in, out, static_cast<int>(shape.stride), weight_lines);
    }
    sum_lines(execution, weight_lines, lanes, weight);
    // The way back to the input: weights turned round, of levels too fine to be seen.
    auto const taps = shape.taps * shape.taps;
    WeightLevels const fine{to_device(problem.weight, "test::weight"), to_device(std::vector(outputs, 2.0), "test::range"), to_device(std::vector(outputs, -1.0), "test::least"), 1e9};
    auto back = convolution_weights({}, std::vector(shape.inputs, 1.0f), std::vector(shape.inputs, 0.0f), 0);
    back.inputs = static_cast<std::int64_t>(outputs);
    back.weight = Array<float>("test::back", (shape.inputs + tile_outputs) * outputs * taps);
    Array<float> const ahead("test::ahead", (outputs + tile_outputs) * shape.inputs * taps);
    quantise_weight(execution, fine, static_cast<std::int64_t>(shape.inputs), static_cast<std::int64_t>(taps), ahead, back.weight);
    auto const behind = maps_of(shape.images, shape.inputs, shape.rows, shape.columns), spread_out = maps_of(shape.images, outputs, shape.rows, shape.columns);
    if (linear) {
      apply_linear(execution, out, back.weight, back.shift, behind);
    } else {
      spread(execution, out, static_cast<int>(shape.stride), spread_out);
      convolve(execution, spread_out, back, 1, {}, behind, Ending::plain);
    }
    execution.fence();

    CHECK(to_host(error)[0] == Approx(problem.loss() * static_cast<double>(problem.numbers())).epsilon(1e-5));
    check_close(to_host(shift), problem.slopes(&Problem::shift));
    check_close(to_host(weight), problem.slopes(&Problem::weight));
    check_close(on_host(behind, shape.images), problem.slopes(&Problem::in));
  }
}

TEST_CASE("slopes of levels are straight through: those of the level with what rounding adds held fast") {
  double const most = 7;
  auto const held = [most](double range, double least) {  // what rounding adds at these
    double const scale = range / most;
    return std::rint(least / scale) - least / scale;
  };
  struct Case {
    double value, range, least;
  };
  for (auto const& c : {Case{0.31, 2.0, -0.9}, Case{-0.62, 2.0, -0.9}, Case{1.9, 2.0, -0.9}, Case{-1.4, 2.0, -0.9}, Case{0.4, 3.1, 0.0}, Case{-0.4, 3.1, 0.0}, Case{-2.0, 1.3, -1.3}}) {
    INFO(c.value << " in " << c.range << " from " << c.least);
    double const zero_adds = held(c.range, c.least), scale = c.range / most;
    double const q = std::clamp(c.value / scale - std::rint(c.least / scale), 0.0, most), q_adds = std::rint(q) - q;
    auto const level = [&](double value, double range, double least) {
      double const s = range / most, zero = least / s + zero_adds;
      return s * (std::clamp(value / s - zero, 0.0, most) + q_adds + zero);
    };

    auto const found = level_slopes(c.value, levels_over(c.range, c.least, most), c.least);

    CHECK(static_cast<double>(quantised(c.value, levels_over(c.range, c.least, most))) == Approx(level(c.value, c.range, c.least)).margin(1e-6));
    double const step = 1e-6;
    CHECK(found.value == Approx((level(c.value + step, c.range, c.least) - level(c.value - step, c.range, c.least)) / (2 * step)).margin(1e-8));
    CHECK(found.range == Approx((level(c.value, c.range + step, c.least) - level(c.value, c.range - step, c.least)) / (2 * step)).margin(1e-8));
    CHECK(found.least == Approx((level(c.value, c.range, c.least + step) - level(c.value, c.range, c.least - step)) / (2 * step)).margin(1e-8));
  }
  auto const empty = level_slopes(0.0, levels_over(0, 0, most), 0);
  CHECK((empty.value == 0 && empty.range == 0 && empty.least == 0));
}

TEST_CASE("slopes of weights and of an input go to their ranges, images behind the last one left out") {
  std::size_t const images = 3, channels = 2, rows = 3, columns = 4;
  std::int64_t const each = 9;
  auto const weight = random_numbers(2 * each), slope = random_numbers(2 * each);
  std::vector<double> const range{1.1, 1.7}, least{-0.5, -0.8};
  auto const in = random_numbers(images * channels * rows * columns), back = random_numbers(in.size());
  auto const levels = levels_over(1.2, -0.4, 3);
  std::vector<double> of_weight, of_range(2), of_least(2);
  for (std::size_t w = 0; w < weight.size(); ++w) {
    auto const o = w / each;
    auto const s = level_slopes(weight[w], levels_over(range[o], least[o], 3), least[o]);
    of_weight.push_back(slope[w] * s.value);
    of_range[o] += slope[w] * s.range;
    of_least[o] += slope[w] * s.least;
  }
  double in_range = 0, in_least = 0;
  for (std::size_t k = 0; k < in.size(); ++k) {
    auto const s = level_slopes(in[k], levels, -0.4);
    in_range += back[k] * s.range;
    in_least += back[k] * s.least;
  }

  auto const moved = to_device(slope, "test::slope");
  Array<double> const found_range("test::range", 2), found_least("test::least", 2), lines("test::lines", channels * rows * lanes), more("test::lines", channels * rows * lanes), sums("test::sums", 2);
  weight_level_slopes(Execution(), {to_device(weight, "test::weight"), to_device(range, "test::range"), to_device(least, "test::least"), 3}, moved, found_range, found_least);
  input_level_slopes(Execution(), on_device(in, images, channels, rows, columns), on_device(back, images, channels, rows, columns), levels, -0.4, lines, more);
  Array<double> const total_range("test::sum", 1), total_least("test::sum", 1);
  sum_lines(Execution(), lines, static_cast<std::int64_t>(channels * rows) * lanes, total_range);
  sum_lines(Execution(), more, static_cast<std::int64_t>(channels * rows) * lanes, total_least);
  Execution().fence();

  check_close(to_host(moved), of_weight);
  check_close(to_host(found_range), of_range);
  check_close(to_host(found_least), of_least);
  CHECK(to_host(total_range)[0] == Approx(in_range));
  CHECK(to_host(total_least)[0] == Approx(in_least));
}

TEST_CASE("Adam's steps are those of its weighted means, written out") {
  std::size_t const numbers = 5, steps = 12;
  double const rate = 0.03;
  auto number = random_numbers(numbers);
  std::vector<std::vector<double>> slopes;
  Moved const moved(to_device(number, "test::number"));
  for (std::size_t t = 1; t <= steps; ++t) {
    slopes.push_back(random_numbers(numbers));

    move_numbers(Execution(), moved, to_device(slopes.back(), "test::slope"), AdamStep(rate, static_cast<std::int64_t>(t)));

    for (std::size_t k = 0; k < numbers; ++k) {
      double mean = 0, square = 0, mean_weights = 0, square_weights = 0;
      for (std::size_t i = 0; i < t; ++i) {
        double const of_mean = std::pow(0.9, static_cast<double>(t - 1 - i)), of_square = std::pow(0.999, static_cast<double>(t - 1 - i));
        mean += of_mean * slopes[i][k];
        square += of_square * slopes[i][k] * slopes[i][k];
        mean_weights += of_mean;
        square_weights += of_square;
      }
      number[k] -= rate * (mean / mean_weights) / (std::sqrt(square / square_weights) + 1e-8);
    }
    Execution().fence();
    auto const found = to_host(moved.number);
    for (std::size_t k = 0; k < numbers; ++k) CHECK(found[k] == Approx(number[k]).epsilon(1e-12));
  }
}

TEST_CASE("ranges are never empty and have 0 in them") {
  double range = -0.5, least = -0.2;
  keep_zero_inside(range, least, 0.1);
  CHECK((range == 0.1 && least == -0.1));
  range = 2, least = 0.3;
  keep_zero_inside(range, least, 0.1);
  CHECK((range == 2 && least == 0));
  range = 2, least = -1.5;
  keep_zero_inside(range, least, 0.1);
  CHECK((range == 2 && least == -1.5));
}

TEST_CASE("sums of maps are taken image by image") {
  std::size_t const images = lanes + 1, channels = 3, rows = 2, columns = 5;
  auto const in = random_numbers(images * channels * rows * columns);
  std::vector<double> expected;
  for (std::size_t line = 0; line < images * channels; ++line) {
    double sum = 0, squares = 0;
    for (std::size_t k = line * rows * columns; k < (line + 1) * rows * columns; ++k) sum += in[k], squares += in[k] * in[k];
    expected.insert(expected.end(), {sum, squares});
  }

  Array<double> const sums("test::sums", images * channels * 2);
  channel_sums(Execution(), on_device(in, images, channels, rows, columns), sums, 0);
  Execution().fence();

  check_close(to_host(sums), expected);
}
