#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include "kernels/dp/plane_expectation.hpp"
#include "kernels/dp/prefix_maximum.hpp"

using namespace bellshard;

namespace {

/// Nodes at random distances, which differ by a factor of up to `spread`.
std::vector<double> random_nodes(std::mt19937_64& draw, int size, double spread) {
  std::uniform_real_distribution<double> logarithm(0, std::log(spread));
  std::vector<double> nodes{0.25};
  while (static_cast<int>(nodes.size()) < size) nodes.push_back(nodes.back() + 0.01 * std::exp(logarithm(draw)));
  return nodes;
}

/// Linear between nodes, constant beyond the ends, by a search from the start.
std::pair<std::size_t, double> plain_place(std::vector<double> const& nodes, double x) {
  if (nodes.size() == 1 || x <= nodes.front()) return {0, 0};
  for (std::size_t i = 0; i + 1 < nodes.size(); ++i) {
    if (x < nodes[i + 1]) return {i, (x - nodes[i]) / (nodes[i + 1] - nodes[i])};
  }
  return {nodes.size() - 2, 1};
}

struct Plain {
  std::vector<double> nodes[3];
  std::vector<double> values;  ///< [z, y, x]
  double floor[3];
  double outside;

  double value(double const (&at)[3]) const {
    double sum = 0;
    for (int corner = 0; corner < 8; ++corner) {
      double weight = 1;
      std::size_t place[3];
      for (int d = 0; d < 3; ++d) {
        if (at[d] <= floor[d]) return outside;
        auto const [cell, share] = plain_place(nodes[d], at[d]);
        bool const upper = corner >> d & 1;
        place[d] = std::min(cell + upper, nodes[d].size() - 1);
        weight *= upper ? share : 1 - share;
      }
      sum += weight * values[(place[2] * nodes[1].size() + place[1]) * nodes[0].size() + place[0]];
    }
    return sum;
  }

  /// Corner by corner of each of the points of the tensor quadrature.
  double expectation(dp::NormalStep const& step, dp::Quadrature<5> const& q) const {
    double sum = 0;
    for (int i = 0; i < 5; ++i) {
      for (int j = 0; j < 5; ++j) {
        for (int k = 0; k < 5; ++k) {
          sum += q.weight[i] * q.weight[j] * q.weight[k] *
                 value({step.mean[0] + step.scale[0] * q.node[i], step.mean[1] + step.scale[1] * q.node[j], step.mean[2] + step.scale[2] * q.node[k]});
        }
      }
    }
    return sum;
  }
};

/// Turns a place of the grid into a step that depends on all of it.
struct Law {
  KOKKOS_INLINE_FUNCTION dp::NormalStep operator()(double x, double y, double z) const {
    return {{x + 0.1 * y - 0.05 * z, 0.9 * y + 0.02 * x, z * (1.1 - 0.1 * y)}, {0.1 * x, 0.02 + 0.05 * y, 0.07 * z}};
  }
};

/// The same, but axis 2 depends on x and y through x + 0.7 y; it rises with that, falls or does not care.
struct LiftedLaw {
  double per_lift;
  KOKKOS_INLINE_FUNCTION dp::NormalStep operator()(double x, double y, double z) const {
    auto step = Law{}(x, y, z);
    step.mean[2] = z * (0.95 + per_lift * (x + 0.7 * y));
    return step;
  }
#if defined(BELLSHARD_VECTORS)
  double lift(double x, double y) const { return x + 0.7 * y; }
  dp::LiftedLine line(double z) const { return {0.95 * z, per_lift * z, 0.07 * z}; }
#endif
};

}  // namespace

TEST_CASE("quadrature of Gauss and Hermite is exact up to its degree, and its nodes rise") {
  auto const check = [](auto const& q, int points) {
    double moment = 1;  // of e^power, power even: 1, 1, 3, 15, ...
    for (int power = 0; power < 2 * points; ++power) {
      double sum = 0, size = 0;
      for (int i = 0; i < points; ++i) sum += q.weight[i] * std::pow(q.node[i], power), size += q.weight[i] * std::pow(std::fabs(q.node[i]), power);
      INFO(points << " points, power " << power);
      CHECK(std::fabs(sum - (power % 2 == 0 ? moment : 0)) <= 1e-13 * (1 + size));
      if (power % 2 == 0) moment *= power + 1;
    }
    CHECK(std::is_sorted(q.node, q.node + points));
  };
  check(dp::gauss_hermite<1>(), 1);
  check(dp::gauss_hermite<2>(), 2);
  check(dp::gauss_hermite<5>(), 5);
  check(dp::gauss_hermite<8>(), 8);
  check(dp::gauss_hermite<20>(), 20);

  // Abramowitz and Stegun, table 25.10, in units of the standard normal: sqrt(2) times their nodes.
  auto const five = dp::gauss_hermite<5>();
  CHECK(five.node[4] == Approx(2.0201828704560856 * std::sqrt(2.0)).epsilon(1e-14));
  CHECK(five.node[3] == Approx(0.9585724646138185 * std::sqrt(2.0)).epsilon(1e-14));
  CHECK(five.weight[2] == Approx(8.0 / 15).epsilon(1e-14));
}

TEST_CASE("a place on an axis is the one that a search finds, at nodes, beside them, between and beyond") {
  std::mt19937_64 draw(5);
  for (double const spread : {1.0, 10.0, 1e6}) {
    for (int const size : {1, 2, 3, 50, 400}) {
      dp::AxisTable const table(random_nodes(draw, size, spread));
      auto const& nodes = table.nodes();
      std::vector<double> numbers{-1, 0, nodes.front(), nodes.back(), nodes.back() + 1};
      for (auto const node : nodes) numbers.insert(numbers.end(), {node, std::nextafter(node, -1), std::nextafter(node, 1e9)});
      std::uniform_real_distribution<double> anywhere(nodes.front(), nodes.back());
      for (int i = 0; i < 2000 && size > 1; ++i) numbers.push_back(anywhere(draw));
      auto const from = to_device(numbers, "test::numbers");
      Array<std::int32_t> cell("test::cell", numbers.size());
      Array<double> share("test::share", numbers.size());
      auto const axis = table.axis();

      Kokkos::parallel_for(
          "test::locate", Kokkos::RangePolicy<Execution>(0, static_cast<std::int64_t>(numbers.size())), KOKKOS_LAMBDA(std::int64_t i) {
            auto const place = axis.locate(from(i));
            cell(i) = place.cell;
            share(i) = place.share;
          });

      auto const cells = to_host(cell);
      auto const shares = to_host(share);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto const [expected, part] = plain_place(nodes, numbers[i]);
        INFO(size << " nodes, spread " << spread << ", number " << numbers[i]);
        REQUIRE(cells[i] == static_cast<std::int32_t>(expected));
        REQUIRE(std::fabs(shares[i] - part) <= 1e-15);
      }
    }
  }
}

template <class T, class StepLaw>
static void check_expectations(StepLaw const& law, int most_states) {
  std::mt19937_64 draw(17);
  std::uniform_real_distribution<double> number(-3, 5);
  struct Shape {
    int x, y, z;
    double spread;
  };
  // Fine grids, whose points lie in cells far from each other, and coarse ones, where they share cells; single nodes; as few nodes as a run of lanes.
  for (auto const& [nx, ny, nz, spread] : {Shape{40, 9, 11, 3}, {4, 5, 6, 40}, {130, 60, 4, 1}, {33, 1, 1, 20}, {12, 17, 1, 8}, {5, 4, 90, 2}}) {
    if (nx * ny * nz > most_states) continue;  // the plain sums take long
    Plain plain{{random_nodes(draw, nx, spread), random_nodes(draw, ny, spread), random_nodes(draw, nz, spread)}, {}, {0.25, 0.25, 0.24}, -7.5};
    for (int i = 0; i < nx * ny * nz; ++i) plain.values.push_back(static_cast<T>(number(draw)));
    if (ny == 1) plain.floor[1] = -1e300;
    if (nz == 1) plain.floor[2] = -1e300;
    dp::AxisTable const x(plain.nodes[0]), y(plain.nodes[1]), z(plain.nodes[2]);
    auto const values = to_device(std::vector<T>(plain.values.begin(), plain.values.end()), "test::values");
    auto const q = dp::gauss_hermite<5>();
    dp::GridExpectation<T, 5> const expectation{
        values.data(), {x.axis(), y.axis(), z.axis()}, {plain.floor[0], plain.floor[1], plain.floor[2]}, plain.outside, q};
    Block const planes{nz / 3, nz - nz / 4};
    auto const size = static_cast<std::size_t>(planes.size() * ny * nx);
    Array<double> gain("test::gain", size);
    Array<std::int32_t> choice("test::choice", size);

    dp::expect_on_planes(Execution(), expectation, law, planes, {1, 0.5}, gain.data(), choice.data());

    auto const gains = to_host(gain);
    auto const choices = to_host(choice);
    double apart = 0;
    std::size_t outside = 0;
    for (std::size_t at = 0; at < size; ++at) {
      auto const i = at % static_cast<std::size_t>(nx), j = at / static_cast<std::size_t>(nx) % static_cast<std::size_t>(ny);
      auto const k = static_cast<std::size_t>(planes.begin) + at / static_cast<std::size_t>(nx * ny);
      double const place[3] = {plain.nodes[0][i], plain.nodes[1][j], plain.nodes[2][k]};
      auto const step = law(place[0], place[1], place[2]);
      apart = std::max(apart, std::fabs(gains[at] - (plain.expectation(step, q) - place[0] - 0.5 * place[1])));
      outside += step.mean[0] + step.scale[0] * q.node[0] <= 0.25;
      REQUIRE(choices[at] == static_cast<std::int32_t>(j) * nx + static_cast<std::int32_t>(i));
    }
    INFO(nx << " x " << ny << " x " << nz);
    CHECK(apart <= 1e-13);
    if (nx > 5) CHECK(outside > 0);
  }
}

TEMPLATE_TEST_CASE("expectations on a grid are those of all corners of all points of the quadrature", "", double, float) { check_expectations<TestType>(Law{}, 100000); }

TEMPLATE_TEST_CASE("they are so where an axis depends on the others through one number", "", double, float) {
  for (double const per_lift : {0.1, -0.2, 0.0}) {
    INFO("axis 2 moves by " << per_lift);
    check_expectations<TestType>(LiftedLaw{per_lift}, per_lift > 0 ? 10000 : 2000);
  }
}

TEST_CASE("running maxima along axes are the maxima of boxes, with the first choice that attains them") {
  std::mt19937_64 draw(23);
  for (auto const& [outer, ny, nx, levels] : {std::array{2, 5, 7, 4}, {1, 1, 9, 3}, {3, 9, 1, 3}, {2, 70, 130, 1000}}) {
    std::vector<double> value;
    std::vector<std::int32_t> choice;
    for (int i = 0; i < outer * ny * nx; ++i) {
      value.push_back(static_cast<double>(draw() % static_cast<unsigned long>(levels)));
      choice.push_back(i % (ny * nx));
    }
    auto const values = to_device(value, "test::value");
    auto const choices = to_device(choice, "test::choice");

    dp::prefix_maximum(Execution(), outer * ny, nx, 1, values.data(), choices.data());
    dp::prefix_maximum(Execution(), outer, ny, nx, values.data(), choices.data());

    auto const found = to_host(values);
    auto const taken = to_host(choices);
    for (int o = 0; o < outer; ++o) {
      for (int j = 0; j < ny; j += 1 + ny / 9) {
        for (int i = 0; i < nx; i += 1 + nx / 9) {
          int best = o * ny * nx;
          for (int b = 0; b <= j; ++b) {
            for (int a = 0; a <= i; ++a) {
              int const at = (o * ny + b) * nx + a;
              if (value[static_cast<std::size_t>(at)] > value[static_cast<std::size_t>(best)]) best = at;
            }
          }
          auto const at = static_cast<std::size_t>((o * ny + j) * nx + i);
          REQUIRE(found[at] == value[static_cast<std::size_t>(best)]);
          REQUIRE(taken[at] == choice[static_cast<std::size_t>(best)]);
        }
      }
    }
  }
}
