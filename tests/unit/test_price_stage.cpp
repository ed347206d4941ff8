#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/dp/price_sweep.hpp"
#include "kernels/host_copy.hpp"

using namespace bellshard;

namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();
constexpr auto tile = dp::PriceStage::tile;

/// Rising values of `tiles` tiles from budget `first` on, and a market.
struct Case {
  std::int64_t first, budgets;
  std::int32_t prices;
  double discount;
  std::vector<double> before;  ///< [prices + budget]
  std::vector<double> chance, gain, chance_sum, gain_sum;

  Case(std::mt19937_64& draw, std::int64_t first_tile, std::int64_t tiles, std::int32_t prices, double weight, double discount)
      : first(first_tile * tile), budgets(tiles * tile), prices(prices), discount(discount) {
    std::uniform_real_distribution<double> any(0, 1);
    double value = 0, of_chance = 0, of_gain = 0;
    for (std::int64_t b = first - prices; b < first + budgets; ++b) {
      if (b > 0) value += any(draw) * std::exp(-static_cast<double>(b) / 700) / 50;
      before.push_back(b < 0 ? -infinity : value);
    }
    for (std::int32_t d = 0; d <= prices; ++d) {
      chance.push_back(any(draw) / (prices + 1));
      gain.push_back(0.9 - weight * d);
      chance_sum.push_back(of_chance += chance.back());
      gain_sum.push_back(of_gain += chance.back() * gain.back());
    }
  }

  double plain(std::int64_t b) const {
    if (first + b == 0) return 0;
    auto const at = [&](std::int64_t i) { return before[static_cast<std::size_t>(prices + i)]; };
    long double sum = at(b);
    for (std::int32_t d = 0; d <= prices; ++d) {
      auto const worth = gain[static_cast<std::size_t>(d)] + discount * (at(b - d) - at(b));
      if (!(worth >= 0)) break;
      sum += static_cast<long double>(chance[static_cast<std::size_t>(d)]) * worth;
    }
    return static_cast<double>(sum);
  }
};

}  // namespace

TEST_CASE("a stage against a plain one, and cell by cell the same bits") {
  std::mt19937_64 draw(21);
  for (std::int32_t const prices : {0, 1, 7, 64, 300, 511, 1024}) {
    for (std::int64_t const first : {0, 1, 3}) {
      Case const given(draw, first, 4, prices, prices == 64 ? 0.02 : 0.0, prices == 7 ? 0.8 : 1.0);
      auto const before = to_device(given.before, "test::before"), chance = to_device(given.chance, "test::chance"), gain = to_device(given.gain, "test::gain");
      auto const chance_sum = to_device(given.chance_sum, "test::chance_sum"), gain_sum = to_device(given.gain_sum, "test::gain_sum");
      Array<double> const after("test::after", static_cast<std::size_t>(given.budgets)), cells("test::cells", static_cast<std::size_t>(given.budgets));
      dp::PriceStage stage{before.data() + prices, after.data(), chance.data(), gain.data(), chance_sum.data(), gain_sum.data(), given.discount, prices, given.first};

      dp::sweep_prices(Execution(), stage, {0, given.budgets});
      stage.after = cells.data();
      Kokkos::parallel_for(
          "test::cells", Kokkos::RangePolicy<Execution>(0, given.budgets), KOKKOS_LAMBDA(std::int64_t b) { stage.sweep_cell(b); });
      Execution().fence();

      INFO(prices << " prices, from budget " << given.first);
      auto const swept = to_host(after);
      CHECK(swept == to_host(cells));
      double worst = 0;
      for (std::int64_t b = 0; b < given.budgets; ++b) worst = std::max(worst, std::abs(swept[static_cast<std::size_t>(b)] - given.plain(b)) / (1 + std::abs(given.plain(b))));
      CHECK(worst < 2e-15);
    }
  }
}

TEST_CASE("only the tiles that are asked for are swept") {
  std::mt19937_64 draw(22);
  Case const given(draw, 2, 5, 100, 0, 1);
  auto const before = to_device(given.before, "test::before"), chance = to_device(given.chance, "test::chance"), gain = to_device(given.gain, "test::gain");
  auto const chance_sum = to_device(given.chance_sum, "test::chance_sum"), gain_sum = to_device(given.gain_sum, "test::gain_sum");
  Array<double> const after("test::after", static_cast<std::size_t>(given.budgets));
  Kokkos::deep_copy(after, -7.0);
  dp::PriceStage const stage{before.data() + 100, after.data(), chance.data(), gain.data(), chance_sum.data(), gain_sum.data(), 1, 100, given.first};

  dp::sweep_prices(Execution(), stage, {tile, 3 * tile});
  Execution().fence();

  auto const swept = to_host(after);
  for (std::int64_t b = 0; b < given.budgets; ++b) {
    bool const asked = b >= tile && b < 3 * tile;
    CHECK((swept[static_cast<std::size_t>(b)] == -7) == !asked);
  }
}

#ifdef BELLSHARD_VECTORS
TEST_CASE("the last number that holds is found from any hint") {
  for (std::int32_t most : {0, 1, 5, 300}) {
    for (std::int32_t last = 0; last <= most; last += 1 + most / 20) {
      for (std::int32_t hint = -2; hint <= most + 2; ++hint) CHECK(dp::price_lanes::last_that(0, most, hint, [&](std::int32_t d) { return d <= last; }) == last);
    }
  }
}
#endif
