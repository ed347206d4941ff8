#include <catch2/catch.hpp>
#include <random>

#include "kernels/dp/raster_enclosure.hpp"
#include "kernels/dp/raster_sweep.hpp"
#include "tests/reference/small_raster.hpp"

using namespace bellshard;
using reference::Map;
using reference::SmallRaster;

namespace {

Map strait(double discount) {
  Map map;
  map.lines = {"........@..", ".@@@@@@.@..", ".......@...", "@@@@.@....@", "...@.@@@.@.", ".T..........", "......@...."};
  map.discount = discount;
  return map;
}

}  // namespace

TEST_CASE("ratios of any positive values enclose the solution, and the factors pass the verifying sweeps") {
  double const discount = GENERATE(1.0, 0.9);
  double const noise = GENERATE(0.0, 1e-9, 1e-3, 0.05);
  Map const map = strait(discount);
  auto const exact = reference::solve(map);
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-noise, noise);
  auto guess = exact.value;
  for (auto& row : guess) {
    for (auto& v : row) v *= 1 + uniform(random);
  }
  SmallRaster raster(map);
  raster.set(guess);

  auto const range = dp::ratio_range(Execution(), raster.model, raster.values);
  REQUIRE(range.largest < 1);
  double const lower = 1 / (1 - range.smallest), upper = 1 / (1 - range.largest);

  for (int r = 0; r < map.rows(); ++r) {
    for (int c = 0; c < map.columns(); ++c) {
      if (map.lines[r][c] != '.' || std::isinf(exact.value[r][c])) continue;
      CHECK(lower * guess[r][c] <= exact.value[r][c]);
      CHECK(upper * guess[r][c] >= exact.value[r][c]);
    }
  }
  Array<double> bound("test::bound", raster.values.extent(0));
  dp::scale_values(Execution(), raster.values, upper, bound);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::upper, bound) == 0);
  dp::scale_values(Execution(), raster.values, lower, bound);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::lower, bound) == 0);
}

TEST_CASE("the verifying sweeps find a bound that is too low, too high or no number") {
  Map const map = strait(1.0);
  auto const exact = reference::solve(map);
  SmallRaster raster(map);

  auto wrong = exact.value;
  for (auto& row : wrong) {
    for (auto& v : row) v *= 1 - 1e-6;
  }
  raster.set(wrong);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::upper, raster.values) > 0);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::lower, raster.values) == 0);

  wrong = exact.value;
  for (auto& row : wrong) {
    for (auto& v : row) v *= 1 + 1e-6;
  }
  raster.set(wrong);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::upper, raster.values) == 0);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::lower, raster.values) > 0);

  wrong[5][8] = std::nan("");
  raster.set(wrong);
  CHECK(dp::count_violations(Execution(), raster.model, dp::Bound::upper, raster.values) > 0);
}

TEST_CASE("greedy moves attain the least written-out backup") {
  Map const map = strait(1.0);
  auto const exact = reference::solve(map);
  SmallRaster raster(map);
  raster.set(exact.value);
  Array<std::int32_t> moves("test::moves", map.rows() * map.columns());

  dp::greedy_moves(Execution(), raster.model, raster.values, 0, map.rows(), moves);

  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), moves);
  for (int r = 0; r < map.rows(); ++r) {
    for (int c = 0; c < map.columns(); ++c) {
      int const move = host(r * map.columns() + c);
      if (map.lines[r][c] != '.') {
        CHECK(move == -1);
      } else {
        REQUIRE(move >= 0);
        CHECK(reference::q_value(map, exact.value, r, c, move) == Approx(exact.value[r][c]).epsilon(1e-12));
      }
    }
  }
}
