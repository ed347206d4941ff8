#include <catch2/catch.hpp>
#include <cstring>
#include <random>

#include "kernels/dp/raster_sweep.hpp"
#include "kernels/lattice/tile_sweep.hpp"
#include "tests/reference/small_raster.hpp"

using namespace bellshard;
using reference::Map;
using reference::SmallRaster;

namespace {

/// A map with every kind of place: open water wider than the lanes of the sweep, coasts, straits, dead ends, lone cells.
Map mixed_map(bool wraps) {
  std::mt19937 random(7);
  Map map;
  map.wraps = wraps;
  for (int r = 0; r < 37; ++r) {
    std::string line(101, '.');
    for (int c = 0; c < 101; ++c) {
      if (c > 60 && random() % 4 == 0) line[c] = '@';
    }
    map.lines.push_back(line);
  }
  map.lines[5][7] = 'T';
  for (int r = 8; r < 11; ++r) map.lines[r].replace(20, 3, r == 9 ? "@.@" : "@@@");
  map.cost = [](int r, int d) { return (d % 2 == 0 ? 1.0 : 1.375) * (d % 4 == 2 ? 0.25 + 0.01 * r : 1.0); };
  return map;
}

std::vector<std::vector<double>> random_values(Map const& map, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<double> uniform(1, 50);
  std::vector<std::vector<double>> v(map.rows(), std::vector<double>(map.columns()));
  for (int r = 0; r < map.rows(); ++r) {
    for (int c = 0; c < map.columns(); ++c) v[r][c] = map.lines[r][c] == 'T' ? 0 : uniform(random);
  }
  return v;
}

bool same_bits(std::vector<double> const& a, std::vector<double> const& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

}  // namespace

TEST_CASE("a synchronous sweep equals one written-out backup of every state, self-loops solved for") {
  bool const wraps = GENERATE(false, true);
  double const discount = GENERATE(1.0, 0.95);
  Map map = mixed_map(wraps);
  map.discount = discount;
  auto const v = random_values(map, 3);
  SmallRaster raster(map);
  raster.set(v);
  Array<double> out("test::out", raster.values.extent(0));
  Kokkos::deep_copy(out, raster.values);

  double const change = dp::sweep_values(Execution(), raster.model, 0, map.rows(), raster.values, out);

  SmallRaster result(map);
  Kokkos::deep_copy(result.values, out);
  auto const host = result.host_values();
  double expected_change = 0;
  for (int r = 0; r < map.rows(); ++r) {
    double row_least = 1e300;
    for (int d = 0; d < 8; ++d) row_least = std::min(row_least, map.cost(r, d));
    for (int c = 0; c < map.columns(); ++c) {
      double expected = v[r][c];
      bool lone = true;
      for (int d = 0; d < 8; ++d) lone = lone && step(map, r, c, d) == std::pair{r, c};
      if (map.lines[r][c] == '.' && !lone) {
        expected = 1e300;
        for (int d = 0; d < 8; ++d) {
          double stay = 0, rest = 0;
          for (auto const& [to, p] : outcomes(map, r, c, d)) (to == std::pair{r, c} ? stay : rest) += to == std::pair{r, c} ? p : p * v[to.first][to.second];
          if (discount * stay < 0.999) expected = std::min(expected, (map.cost(r, d) + discount * rest) / (1 - discount * stay));
        }
      }
      INFO("row " << r << " column " << c);
      REQUIRE(result.at(host, r, c) == Approx(expected).epsilon(1e-13));
      expected_change = std::max(expected_change, std::abs(expected - v[r][c]) / row_least);
    }
  }
  CHECK(change == Approx(expected_change).epsilon(1e-12));
}

TEST_CASE("sweeping rows in parts gives the bits of one sweep") {
  Map const map = mixed_map(true);
  SmallRaster raster(map);
  raster.set(random_values(map, 5));
  Array<double> whole("test::whole", raster.values.extent(0)), parts("test::parts", raster.values.extent(0));

  dp::sweep_values(Execution(), raster.model, 0, map.rows(), raster.values, whole);
  for (int r = 0; r < map.rows(); ++r) dp::sweep_values(Execution(), raster.model, r, r + 1, raster.values, parts);

  auto const a = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), whole);
  auto const b = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), parts);
  CHECK(std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0);
}

TEST_CASE("open water in lanes has the bits of a backup cell by cell") {
  Map const map = mixed_map(false);
  SmallRaster raster(map);
  raster.set(random_values(map, 11));
  Array<double> out("test::out", raster.values.extent(0)), single("test::single", raster.values.extent(0));
  Kokkos::deep_copy(single, raster.values);
  Kokkos::deep_copy(out, raster.values);
  auto const model = raster.model;
  Array<double const> const in = raster.values;

  dp::sweep_values(Execution(), model, 0, map.rows(), in, out);
  std::int64_t const columns = map.columns();
  Kokkos::parallel_for(
      "test::one_by_one", Kokkos::RangePolicy<Execution>(0, map.rows() * columns), KOKKOS_LAMBDA(std::int64_t k) {
        auto const i = model.layout.index(k / columns, k % columns);
        if (model.open(i) != 0) single(i) = model.backup(in.data(), i, k / columns, model.open(i)).value;
      });

  auto const a = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), out);
  auto const b = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), single);
  for (int r = 0; r < map.rows(); ++r) {
    REQUIRE(std::memcmp(&a(model.layout.index(r, 0)), &b(model.layout.index(r, 0)), columns * sizeof(double)) == 0);
  }
}

TEST_CASE("an ordered sweep has the bits of one thread that walks tile after tile in that order") {
  int const k = GENERATE(range(0, 8));
  int const tile = GENERATE(4, 16, 64);
  Map const map = mixed_map(false);
  auto const order = lattice::SweepOrder::of(k);
  SmallRaster plain(map), tiled(map), skewed(map);
  auto const v = random_values(map, 13);
  plain.set(v);
  tiled.set(v);
  skewed.set(v);

  auto walked = plain.host_values();
  auto const open = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), plain.open);
  bool const by_rows = order.major == lattice::SweepOrder::Major::row;
  bool const up = order.rows == lattice::SweepOrder::Sense::up, right = order.columns == lattice::SweepOrder::Sense::up;
  int const outer = by_rows ? map.rows() : map.columns(), inner = by_rows ? map.columns() : map.rows();
  if (runs_on_host) {
    for (int ta = 0; ta < outer; ta += tile) {
      for (int tb = 0; tb < inner; tb += tile) {
        // Tiles are cut from row 0 and column 0 on; downwards, the last and perhaps smaller one comes first.
        auto const cut = [tile](int t, int n, bool rising) {
          int const k = rising ? t / tile : (n + tile - 1) / tile - 1 - t / tile;
          return std::pair{k * tile, std::min(n, (k + 1) * tile)};
        };
        auto const [a0, a1] = cut(ta, outer, by_rows ? up : right);
        auto const [b0, b1] = cut(tb, inner, by_rows ? right : up);
        for (int a = a0; a < a1; ++a) {
          for (int b = b0; b < b1; ++b) {
            int const x = (by_rows ? up : right) ? a : a0 + a1 - 1 - a, y = (by_rows ? right : up) ? b : b0 + b1 - 1 - b;
            int const r = by_rows ? x : y, c = by_rows ? y : x;
            auto const i = plain.model.layout.index(r, c);
            if (open(i) != 0) walked[i] = plain.model.backup(walked.data(), i, r, open(i)).value;
          }
        }
      }
    }
  }
  lattice::TileSweep one(map.rows(), map.columns(), tile, lattice::Wrap::none);
  lattice::TileSweep two(map.rows(), map.columns(), tile, lattice::Wrap::none);
  one.sweep<lattice::TileOrder::sequential>(Execution(), order, 0, 0, dp::GaussSeidelUpdate{tiled.model, tiled.values});
  two.sweep<lattice::TileOrder::skewed>(Execution(), order, 0, 0, dp::GaussSeidelUpdate{skewed.model, skewed.values});

  CHECK(same_bits(tiled.host_values(), skewed.host_values()));
  if (runs_on_host) CHECK(same_bits(tiled.host_values(), walked));
}

TEST_CASE("a tile that changes wakes its neighbours, calm ones sleep, and far keys wait for the limit") {
  bool const wraps = GENERATE(false, true);
  lattice::TileSweep tiles(40, 50, 10, wraps ? lattice::Wrap::columns : lattice::Wrap::none);  // 4 x 5 tiles
  auto const key = Kokkos::create_mirror_view(tiles.table().key());
  for (int t = 0; t < 20; ++t) key(t) = static_cast<float>(t / 5);  // the tile row
  Kokkos::deep_copy(tiles.table().key(), key);
  Array<int> count("test::count", 2000);
  Execution const space;
  auto const visits = [&](int tile_row, int tile_column) {
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), count);
    return host(tile_row * 10 * 50 + tile_column * 10);
  };
  auto const still = [=] KOKKOS_FUNCTION(std::int64_t r, std::int64_t c) {
    count(r * 50 + c) += 1;
    return 0.0;
  };
  auto const first_tile_moves = [=] KOKKOS_FUNCTION(std::int64_t r, std::int64_t c) {
    count(r * 50 + c) += 1;
    return r == 0 && c == 0 ? 2.0 : r == 1 ? -1.0 : 0.0;
  };

  // All tiles are awake at first; those of rows 2 and 3 wait.
  CHECK(tiles.sweep(space, lattice::SweepOrder::of(3), 1.0F, 1.0F, still) == 1000);
  CHECK(visits(1, 4) == 1);
  CHECK(visits(2, 0) == 0);
  CHECK(tiles.sweep(space, lattice::SweepOrder::of(1), 1.0F, 1.0F, still) == 0);
  CHECK(tiles.table().awake(space, 1.0F).least_key == 2.0F);
  CHECK(tiles.sweep(space, lattice::SweepOrder::of(6), 1.0F, 3.0F, still) == 1000);

  // Tile (0, 0) moves; a row of no states is not counted.
  tiles.table().wake_all(space);
  CHECK(tiles.sweep(space, lattice::SweepOrder::of(3), 1.0F, 0.0F, first_tile_moves) == 450);
  auto const awake = tiles.table().awake(space, 0.0F);
  CHECK(awake.count == (wraps ? 3 : 2));
  CHECK(awake.columns == (wraps ? Block{0, 5} : Block{0, 2}));
  CHECK(awake.largest_change == 2.0F);
}
