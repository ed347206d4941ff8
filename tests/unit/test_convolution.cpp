#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/network/convolution.hpp"
#include "kernels/network/layers.hpp"

using namespace bellshard;

namespace {

/// Maps of one image as plain nested loops see them.
struct Maps {
  int channels, rows, columns;
  std::vector<double> value;
  double& at(int c, int r, int k) { return value[static_cast<std::size_t>((c * rows + r) * columns + k)]; }
  double at(int c, int r, int k) const { return r < 0 || r >= rows || k < 0 || k >= columns ? 0.0 : value[static_cast<std::size_t>((c * rows + r) * columns + k)]; }
};

std::mt19937 draw(7);

std::vector<float> random_numbers(std::size_t n) {
  std::vector<float> numbers(n);
  for (auto& x : numbers) x = std::uniform_real_distribution(-1.0f, 1.0f)(draw);
  return numbers;
}

std::vector<Maps> random_maps(int images, int channels, int rows, int columns) {
  std::vector<Maps> maps;
  for (int i = 0; i < images; ++i) {
    auto const numbers = random_numbers(static_cast<std::size_t>(channels * rows * columns));
    maps.push_back({channels, rows, columns, {numbers.begin(), numbers.end()}});
  }
  return maps;
}

network::FeatureMaps empty_maps(std::size_t images, int channels, int rows, int columns) {
  return network::FeatureMaps("test::maps", (images + network::lanes - 1) / network::lanes, static_cast<std::size_t>(channels), static_cast<std::size_t>(rows), static_cast<std::size_t>(columns));
}

template <class Take>
void for_each_cell(network::FeatureMaps::HostMirror const& host, std::vector<Maps> const& images, Take const& take) {
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (int c = 0; c < images[i].channels; ++c) {
      for (int r = 0; r < images[i].rows; ++r) {
        for (int k = 0; k < images[i].columns; ++k) take(host(i / network::lanes, static_cast<std::size_t>(c), static_cast<std::size_t>(r), static_cast<std::size_t>(k), i % network::lanes), images[i].at(c, r, k));
      }
    }
  }
}

network::FeatureMaps on_device(std::vector<Maps> const& images) {
  auto const maps = empty_maps(images.size(), images[0].channels, images[0].rows, images[0].columns);
  auto const host = Kokkos::create_mirror_view(maps);
  for_each_cell(host, images, [](float& cell, double value) { cell = static_cast<float>(value); });
  Kokkos::deep_copy(maps, host);
  return maps;
}

void check(network::FeatureMaps const& maps, std::vector<Maps> const& expected) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), maps);
  std::int64_t wrong = 0;
  for_each_cell(host, expected, [&](float cell, double value) { wrong += std::abs(static_cast<double>(cell) - value) > 1e-5 * (1 + std::abs(value)); });
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("a convolution with batch norm and shortcut is what nested loops give") {
  struct Case {
    int images, inputs, outputs, rows, columns, stride, before;  ///< before: outputs before those that the shortcut reaches; -1: no shortcut
  };
  for (auto const& c : {Case{1, 1, 1, 1, 1, 1, -1}, Case{5, 3, 16, 8, 8, 1, -1}, Case{17, 4, 4, 5, 7, 1, 0}, Case{16, 6, 10, 9, 6, 2, 2}, Case{33, 2, 5, 4, 11, 2, -1}, Case{3, 8, 16, 8, 8, 2, 4}, Case{40, 5, 5, 2, 3, 1, 0}}) {
    INFO("outputs " << c.outputs << " inputs " << c.inputs << ", " << c.rows << " x " << c.columns << ", stride " << c.stride);
    auto const in = random_maps(c.images, c.inputs, c.rows, c.columns);
    auto const weight = random_numbers(static_cast<std::size_t>(c.outputs * c.inputs * 9)), scale = random_numbers(static_cast<std::size_t>(c.outputs)), shift = random_numbers(static_cast<std::size_t>(c.outputs));
    int const rows = (c.rows + c.stride - 1) / c.stride, columns = (c.columns + c.stride - 1) / c.stride;
    int const added = c.before < 0 ? 0 : c.outputs - 2 * c.before;
    auto const shortcut = added > 0 ? random_maps(c.images, added, c.rows, c.columns) : std::vector<Maps>{};
    std::vector<Maps> expected;
    for (std::size_t i = 0; i < in.size(); ++i) {
      Maps out{c.outputs, rows, columns, std::vector<double>(static_cast<std::size_t>(c.outputs * rows * columns))};
      for (int o = 0; o < c.outputs; ++o) {
        for (int r = 0; r < rows; ++r) {
          for (int k = 0; k < columns; ++k) {
            double sum = 0;
            for (int n = 0; n < c.inputs; ++n) {
              for (int y = 0; y < 3; ++y) {
                for (int x = 0; x < 3; ++x) sum += static_cast<double>(weight[static_cast<std::size_t>(((o * c.inputs + n) * 3 + y) * 3 + x)]) * in[i].at(n, r * c.stride + y - 1, k * c.stride + x - 1);
              }
            }
            sum = sum * static_cast<double>(scale[static_cast<std::size_t>(o)]) + static_cast<double>(shift[static_cast<std::size_t>(o)]);
            if (o >= c.before && o < c.before + added) sum += shortcut[i].at(o - c.before, r * c.stride, k * c.stride);
            out.at(o, r, k) = std::max(0.0, sum);
          }
        }
      }
      expected.push_back(out);
    }

    auto const layer = network::convolution_weights(weight, scale, shift, c.inputs);
    auto const out = empty_maps(in.size(), c.outputs, rows, columns);
    network::Shortcut add{{}, c.stride, c.before};
    if (added > 0) add.maps = on_device(shortcut);
    network::convolve(Execution(), on_device(in), layer, c.stride, add, out);
    Execution().fence();

    check(out, expected);
  }
}

TEST_CASE("mean, linear layer and cosine are what nested loops give") {
  auto const in = random_maps(19, 6, 5, 3), other = random_maps(19, 6, 5, 3);
  auto const weight = random_numbers(4 * 6), bias = random_numbers(4);
  std::vector<Maps> means, outputs;
  std::vector<double> cosines;
  for (std::size_t i = 0; i < in.size(); ++i) {
    Maps mean{6, 1, 1, std::vector<double>(6)}, out{4, 1, 1, std::vector<double>(4)};
    for (std::size_t c = 0; c < 6; ++c) {
      for (std::size_t k = 0; k < 15; ++k) mean.value[c] += in[i].value[c * 15 + k] / 15;
    }
    for (std::size_t o = 0; o < 4; ++o) {
      out.value[o] = static_cast<double>(bias[o]);
      for (std::size_t c = 0; c < 6; ++c) out.value[o] += static_cast<double>(weight[o * 6 + c]) * mean.value[c];
    }
    double both = 0, a = 0, b = 0;
    for (std::size_t k = 0; k < in[i].value.size(); ++k) {
      both += in[i].value[k] * other[i].value[k];
      a += in[i].value[k] * in[i].value[k];
      b += other[i].value[k] * other[i].value[k];
    }
    means.push_back(mean);
    outputs.push_back(out);
    cosines.push_back(both / std::sqrt(a * b));
  }

  auto const maps = on_device(in);
  auto const mean = empty_maps(19, 6, 1, 1), out = empty_maps(19, 4, 1, 1);
  Array<double> const cosine("test::cosine", 19);
  network::average_pool(Execution(), maps, mean);
  network::apply_linear(Execution(), mean, to_device(weight, "test::weight"), to_device(bias, "test::bias"), out);
  network::compare(Execution(), maps, on_device(other), cosine, 0);
  Execution().fence();

  check(mean, means);
  check(out, outputs);
  auto const found = to_host(cosine);
  for (std::size_t i = 0; i < cosines.size(); ++i) CHECK(found[i] == Approx(cosines[i]));
}

TEST_CASE("bytes of pictures become numbers, images that are not there 0") {
  std::vector<std::uint8_t> pixel(5 * 2 * 3 * 3);
  for (auto& byte : pixel) byte = static_cast<std::uint8_t>(draw());
  std::vector<float> const factor{0.5f, -2.0f, 0.01f}, shift{1.0f, 0.0f, -3.0f};
  std::size_t const first = 2;
  std::vector<Maps> expected;
  for (std::size_t i = 0; i < network::lanes; ++i) {
    Maps image{3, 2, 3, std::vector<double>(18)};
    for (int c = 0; c < 3 && first + i < 5; ++c) {
      for (int k = 0; k < 6; ++k) image.value[static_cast<std::size_t>(c * 6 + k)] = static_cast<double>(factor[static_cast<std::size_t>(c)]) * pixel[((first + i) * 6 + static_cast<std::size_t>(k)) * 3 + static_cast<std::size_t>(c)] + static_cast<double>(shift[static_cast<std::size_t>(c)]);
    }
    expected.push_back(image);
  }

  auto const maps = empty_maps(network::lanes, 3, 2, 3);
  network::normalise(Execution(), to_device(pixel, "test::pixel"), first, to_device(factor, "test::factor"), to_device(shift, "test::shift"), maps);
  Execution().fence();

  check(maps, expected);
}
