// Laws laid onto atoms, each against sums and sorts that share no code with the kernels.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "kernels/dp/atom_grid.hpp"
#include "kernels/dp/quantile_merge.hpp"
#include "kernels/dp/stock_grid.hpp"

namespace bellshard {
namespace {

using Law = std::map<double, double>;  // value -> probability

double wasserstein(Law const& a, Law const& b) {
  Law ends = a;
  for (auto const& [x, p] : b) ends[x] += 0;
  double ahead = 0, sum = 0, before = ends.begin()->first;
  for (auto const& [x, unused] : ends) {
    sum += std::fabs(ahead) * (x - before);
    ahead += (a.count(x) != 0 ? a.at(x) : 0) - (b.count(x) != 0 ? b.at(x) : 0);
    before = x;
  }
  return sum;
}

double mean(Law const& law) {
  double sum = 0;
  for (auto const& [x, p] : law) sum += x * p;
  return sum;
}

/// Each value split between its neighbours, one after the other.
Law split(dp::AtomGrid const& grid, Law const& law) {
  Law onto;
  for (auto const& [x, p] : law) {
    double const steps = std::clamp((x - grid.low) / grid.step, 0.0, grid.atoms - 1.0);
    double const lower = std::min(std::floor(steps), grid.atoms - 2.0);
    onto[grid.at(static_cast<int>(lower))] += p * (1 - (steps - lower));
    onto[grid.at(static_cast<int>(lower) + 1)] += p * (steps - lower);
  }
  return onto;
}

std::vector<double> random_weights(std::mt19937& random, std::size_t n) {
  std::vector<double> weight(n);
  double sum = 0;
  for (auto& w : weight) sum += w = std::uniform_real_distribution<>(0, 1)(random);
  for (auto& w : weight) w /= sum;
  return weight;
}

struct Lane {};  // on the host, lanes are a loop

struct Projected {
  std::vector<double> into;
  double moved;
};
Projected project(dp::AtomGrid const& grid, double scale, double shift, std::vector<double> const& from) {
  Projected made{std::vector<double>(from.size(), 0), 0};
  made.moved = dp::project(Lane{}, grid, scale, shift, from.data(), made.into.data());
  return made;
}

}  // namespace

TEST_CASE("a scaled and shifted law is split between neighbours, in the mean and within the distance that is told") {
  if (!runs_on_host) return;
  std::mt19937 random(1);
  for (int trial = 0; trial < 200; ++trial) {
    dp::AtomGrid const grid{-3.0, 0.25 + 0.01 * (trial % 7), 2 + trial % 40};
    double const scale = trial % 5 == 0 ? 1.0 : 0.05 + 0.95 * std::uniform_real_distribution<>(0, 1)(random);
    double const shift = std::uniform_real_distribution<>(-4, 4)(random);
    auto const from = random_weights(random, static_cast<std::size_t>(grid.atoms));
    Law law;
    for (int i = 0; i < grid.atoms; ++i) law[shift + scale * grid.at(i)] += from[static_cast<std::size_t>(i)];

    auto const [into, moved] = project(grid, scale, shift, from);

    std::vector<double> gathered(from.size(), 0), scattered(from.size(), 0);  // either way is that of some machine
    double const first = (shift + (scale - 1) * grid.low) / grid.step;
    double const far = dp::project_by_receivers(Lane{}, grid.atoms, scale, first, from.data(), gathered.data()) * grid.step;
    CHECK(std::fabs(far - moved) < 1e-12);
    CHECK(std::fabs(dp::project_by_givers(grid.atoms, scale, first, from.data(), scattered.data()) * grid.step - moved) < 1e-12);
    for (std::size_t i = 0; i < from.size(); ++i) {
      CHECK(std::fabs(gathered[i] - into[i]) < 1e-13);
      CHECK(std::fabs(scattered[i] - into[i]) < 1e-13);
    }
    Law onto;
    auto const wanted = split(grid, law);
    for (int i = 0; i < grid.atoms; ++i) {
      double const p = into[static_cast<std::size_t>(i)];
      onto[grid.at(i)] += p;
      CHECK(std::fabs(p - (wanted.count(grid.at(i)) != 0 ? wanted.at(grid.at(i)) : 0)) < 1e-13);
    }
    CHECK(wasserstein(law, onto) <= moved + 1e-12);
    bool const inside = shift + scale * grid.low >= grid.low && shift + scale * grid.at(grid.atoms - 1) <= grid.at(grid.atoms - 1);
    if (inside) CHECK(std::fabs(mean(law) - mean(onto)) < 1e-12);
  }
}

TEST_CASE("on a lattice a law is only shifted, exactly, and what leaves it is counted") {
  if (!runs_on_host) return;
  dp::AtomGrid const grid{-2, 1, 6};
  std::vector<double> const from{0.1, 0.2, 0.3, 0.1, 0.0, 0.3};

  CHECK(project(grid, 1, 0, from).into == from);
  auto const up = project(grid, 1, 2, from);
  CHECK(up.into == std::vector<double>{0, 0, 0.1, 0.2, 0.3, 0.1 + 0.0 + 0.3});
  CHECK(std::fabs(up.moved - (1 * 0.0 + 2 * 0.3)) < 1e-15);
  auto const down = project(grid, 1, -1, from);
  CHECK(down.into == std::vector<double>{0.2 + 0.1, 0.3, 0.1, 0.0, 0.3, 0});
  CHECK(down.moved == 0.1);
  auto const deep = project(grid, 1, -3, from);
  CHECK(deep.into == std::vector<double>{0.1 + 0.1 + 0.2 + 0.3, 0, 0.3, 0, 0, 0});
  CHECK(std::fabs(deep.moved - (3 * 0.1 + 2 * 0.2 + 1 * 0.3)) < 1e-15);
  auto const far = project(grid, 1, 9, from);
  CHECK(std::fabs(far.into[5] - 1) < 1e-15);
  CHECK(std::fabs(far.moved - (0.1 * 4 + 0.2 * 5 + 0.3 * 6 + 0.1 * 7 + 0.3 * 9)) < 1e-13);
}

TEST_CASE("quantiles of a mixture are those of its sorted values, and their distance is Wasserstein's") {
  std::mt19937 random(2);
  for (int trial = 0; trial < 100; ++trial) {
    int const atoms = 1 + trial % 17, parts = 1 + trial % 5;
    double const scale = 0.9;
    auto const weight = random_weights(random, static_cast<std::size_t>(parts));
    std::vector<std::vector<double>> value(static_cast<std::size_t>(parts));
    std::vector<dp::SortedPart> part;
    Law law;
    for (std::size_t l = 0; l < value.size(); ++l) {
      double const shift = std::uniform_real_distribution<>(-1, 1)(random);
      for (int i = 0; i < atoms; ++i) value[l].push_back(std::normal_distribution<>()(random));
      std::sort(value[l].begin(), value[l].end());
      part.push_back({value[l].data(), weight[l] / atoms, shift, 0, 0});
      for (double const v : value[l]) law[shift + scale * v] += weight[l] / atoms;
    }

    std::vector<double> into(static_cast<std::size_t>(atoms));
    double const distance = dp::merge_quantiles(part.data(), parts, scale, atoms, into.data());

    Law made;
    for (int i = 0; i < atoms; ++i) {
      double below = 0, wanted = law.rbegin()->first;
      for (auto const& [x, p] : law) {
        below += p;
        if (below >= (i + 0.5) / atoms - 1e-12) {
          wanted = x;
          break;
        }
      }
      CHECK(std::fabs(into[static_cast<std::size_t>(i)] - wanted) < 1e-12);
      made[into[static_cast<std::size_t>(i)]] += 1.0 / atoms;
    }
    CHECK(std::fabs(distance - wasserstein(law, made)) < 1e-9);
  }
}

TEST_CASE("quantiles that shares reach up to rounding do not depend on the order of the parts") {
  double const low = 0, high = 1;
  for (bool const turned : {false, true}) {
    // 0.05 + 0.1 + 0.35 is 0.5, turned round a little less.
    std::vector<dp::SortedPart> part{{&low, 0.05, 0, 0, 0}, {&low, 0.1, 0, 0, 0}, {&low, 0.35, 0, 0, 0}, {&high, 0.5, 0, 0, 0}};
    if (turned) std::reverse(part.begin(), part.end());
    double into = -1;
    CHECK(std::fabs(dp::merge_quantiles(part.data(), 4, 1, 1, &into) - 0.5) < 1e-12);
    CHECK(into == 0);
  }
}

TEST_CASE("a quantile that shares fall short of is the one below it") {
  double const value[] = {1, 2};
  dp::SortedPart part{value, 0.3, 0, 0, 0};
  double into[] = {-1, -1};

  dp::merge_quantiles(&part, 1, 1, 2, into);

  CHECK(into[0] == 1);  // at 0.25 of the 0.3 that are 1
  CHECK(into[1] == 1);  // at 0.75, of 0.6
}

TEST_CASE("a stock lies between two neighbours, and beyond an end on it") {
  dp::StockGrid const grid{-2, 0.5, 5};  // -2 .. 0

  CHECK(grid.place(-2).lower == 0);
  CHECK(grid.place(-9).lower == 0);
  CHECK(grid.place(-9).upper_weight == 0);
  CHECK(grid.place(9).lower == 4);
  CHECK(grid.place(9).upper_weight == 0);
  CHECK(grid.place(-0.5).lower == 3);
  CHECK(grid.place(-0.5).upper_weight == 0);
  CHECK(grid.place(-1.375).lower == 1);
  CHECK(grid.place(-1.375).upper_weight == 0.25);
}

}  // namespace bellshard
