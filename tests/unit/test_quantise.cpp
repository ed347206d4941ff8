#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "kernels/network/quantise.hpp"
#include "src/network/rounding.hpp"

using namespace bellshard;
using namespace bellshard::network;

TEST_CASE("numbers are rounded to the nearest level, 0 stays 0") {
  // Levels -0.5, 0, 0.5, 1: scale 0.5, zero -1.
  Levels const levels{0.5, -1, 3};

  CHECK(quantised(0.0f, levels) == 0.0f);
  CHECK(quantised(0.2f, levels) == 0.0f);
  CHECK(quantised(0.3f, levels) == 0.5f);
  CHECK(quantised(-0.3f, levels) == -0.5f);
  CHECK(quantised(7.0f, levels) == 1.0f);
  CHECK(quantised(-7.0f, levels) == -0.5f);
  CHECK(quantised(0.25f, levels) == 0.5f);  // q = 1.5, to the even 2
  CHECK(quantised(0.75f, levels) == 0.5f);  // q = 2.5, to the even 2
  CHECK(quantised(0.3f, Levels{}) == 0.3f);
}

TEST_CASE("levels span the range, which has 0 in it") {
  auto const both = levels_of(-1, 2, 2);
  CHECK(both.scale == 1);
  CHECK(both.zero == -1);
  CHECK(both.most == 3);
  auto const positive = levels_of(1, 30, 4);
  CHECK(positive.scale == 2);
  CHECK(positive.zero == 0);
  auto const negative = levels_of(-255, -3, 8);
  CHECK(negative.scale == 1);
  CHECK(negative.zero == -255);
  CHECK(levels_of(0, 0, 8).scale == 0);
}

TEST_CASE("every output channel of a layer has its own levels") {
  Layer layer;
  layer.outputs = 2;
  layer.inputs = 3;
  layer.weight = {-1, 0.4f, 2, 0, 10, 29};

  CHECK(quantised_weight(layer, 2) == std::vector<float>{-1, 0, 2, 0, static_cast<float>(29.0 / 3), 29});
}

TEST_CASE("maps are quantised and their range taken, images behind the last one left out") {
  std::int64_t const images = 2 * lanes - 3;
  std::size_t const channels = 3, rows = 2, columns = 5, group = channels * rows * columns * lanes;
  FeatureMaps const maps("test::maps", 2, channels, rows, columns), out("test::out", 2, channels, rows, columns);
  auto const host = Kokkos::create_mirror_view(maps);
  float least = 0, greatest = 0;
  for (std::size_t i = 0; i < 2 * group; ++i) {
    auto const image = static_cast<std::int64_t>(i / group * lanes + i % lanes);
    host.data()[i] = image < images ? std::sin(static_cast<float>(i)) : 100.0f;
    if (image < images) least = std::min(least, host.data()[i]), greatest = std::max(greatest, host.data()[i]);
  }
  Kokkos::deep_copy(maps, host);
  auto const levels = levels_of(-0.9, 0.7, 3);

  auto const range = range_of(Execution(), maps, images);
  quantise(Execution(), maps, levels, out);

  CHECK(range.min_val == least);
  CHECK(range.max_val == greatest);
  auto const found = Kokkos::create_mirror_view(out);
  Kokkos::deep_copy(found, out);
  double const scale = 1.6 / 7;
  for (std::size_t i = 0; i < host.span(); ++i) {
    double nearest = 0;  // of the eight levels
    for (int q = 0; q < 8; ++q) {
      double const level = scale * (q - 4);
      if (std::abs(level - static_cast<double>(host.data()[i])) < std::abs(nearest - static_cast<double>(host.data()[i]))) nearest = level;
    }
    REQUIRE(static_cast<double>(found.data()[i]) == Approx(nearest).margin(1e-6));
  }
}
