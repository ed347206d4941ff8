#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "src/allocation/allocation.hpp"
#include "src/allocation/state_search.hpp"
#include "tests/reference/plain_knapsack.hpp"

using namespace bellshard;
using namespace bellshard::allocation;

namespace {

struct Drawn {
  Table table;
  std::vector<test::PlainLayer> plain;
  std::int64_t least = 0, most = 0;

  /// Losses are multiples of `unit`, a power of 2, so that sums are exact.
  Drawn(std::mt19937_64& draw, std::size_t layers, std::size_t choices, std::int64_t dearest, int losses, double unit = 1.0 / 16) {
    for (std::size_t l = 0; l < layers; ++l) {
      Layer layer{std::to_string(l), {}, {}, 0, "t"};
      for (std::size_t k = 0; k < choices; ++k) {
        layer.cost.push_back(static_cast<std::int64_t>(draw() % static_cast<unsigned long>(dearest)));
        layer.loss.push_back(static_cast<double>(draw() % losses) * unit);
      }
      least += *std::min_element(layer.cost.begin(), layer.cost.end());
      most += *std::max_element(layer.cost.begin(), layer.cost.end());
      plain.push_back({layer.cost, layer.loss});
      table.push_back(layer);
    }
  }
};

double loss_found(Drawn const& drawn, std::int64_t budget, std::vector<std::int64_t> const& budgets, std::int64_t most_states) {
  auto const problem = prepare(drawn.table, dp::Objective::min, budgets);
  Lagrangian const lagrangian(problem);
  auto const found = search_states(problem, lagrangian, problem.cell_of(budget), most_states);
  REQUIRE(found.has_value());
  return settle(problem, lagrangian, drawn.table, {budget}, *found).loss[0];
}

}  // namespace

TEST_CASE("small problems against every way to choose") {
  std::mt19937_64 draw(31);
  for (int instance = 0; instance < 1000; ++instance) {
    Drawn const drawn(draw, 1 + draw() % 5, 1 + draw() % 5, 1 + static_cast<std::int64_t>(draw() % 30), draw() % 2 ? 8 : 4000, instance % 2 ? 1.0 / 16 : std::ldexp(1, -16));
    auto const budget = drawn.least + static_cast<std::int64_t>(draw() % 60);

    INFO("instance " << instance);
    CHECK(loss_found(drawn, budget, {budget, drawn.most}, 1 << 20) == test::least_by_enumeration(drawn.plain, budget));
  }
}

TEST_CASE("larger problems against the textbook table, in several passes where the first keeps too few states") {
  std::mt19937_64 draw(32);
  for (int instance = 0; instance < 12; ++instance) {
    Drawn const drawn(draw, 20, 12, 2000, 1'000'000);
    auto const table = test::least_by_table(drawn.plain, drawn.most);
    for (auto const share : {0.0, 0.02, 0.1, 0.3, 0.6, 1.0}) {
      auto const budget = drawn.least + static_cast<std::int64_t>(share * static_cast<double>(drawn.most - drawn.least));

      CHECK(loss_found(drawn, budget, {budget}, 1 << 20) == table[static_cast<std::size_t>(budget)]);
    }
  }
}

TEST_CASE("layers of very different costs, losses that rise in steps, equal sums") {
  std::mt19937_64 draw(34);
  for (int instance = 0; instance < 40; ++instance) {
    Drawn drawn(draw, 25, 15, 3000, 1);
    drawn.least = drawn.most = 0;
    for (std::size_t l = 0; l < drawn.table.size(); ++l) {
      auto const weights = 20 + static_cast<std::int64_t>(draw() % (l % 4 == 0 ? 4000 : 90));
      auto const scale = static_cast<double>(1 + draw() % 40), power = instance % 3 == 0 ? 0.6 : instance % 3 == 1 ? 1.0 : 2.5;
      for (std::size_t k = 0; k < 15; ++k) {
        drawn.table[l].cost[k] = drawn.plain[l].cost[k] = weights - weights * static_cast<std::int64_t>(k) / 14;
        drawn.table[l].loss[k] = drawn.plain[l].loss[k] = std::round(scale * std::pow(static_cast<double>(k) / 14, power) + static_cast<double>(draw() % 3)) / 4;
      }
      drawn.most += weights;
    }
    auto const table = test::least_by_table(drawn.plain, drawn.most);
    for (auto const share : {0.05, 0.2, 0.4, 0.6, 0.9}) {
      auto const budget = static_cast<std::int64_t>(share * static_cast<double>(drawn.most));

      INFO("instance " << instance << ", share " << share);
      CHECK(loss_found(drawn, budget, {budget, drawn.most}, 1 << 20) == table[static_cast<std::size_t>(budget)]);
    }
  }
}

TEST_CASE("too many states are said to be too many, and never make a wrong answer") {
  // Even costs, of which each is worth what it costs, and an odd budget: the bound says that all of it can be used, and prunes nothing.
  std::mt19937_64 draw(33);
  Drawn drawn(draw, 12, 8, 1'000'000, 2);
  drawn.least = drawn.most = 0;
  for (auto& layer : drawn.table) {
    for (auto& cost : layer.cost) cost -= cost % 2;
    drawn.least += *std::min_element(layer.cost.begin(), layer.cost.end());
    drawn.most += *std::max_element(layer.cost.begin(), layer.cost.end());
    for (std::size_t k = 0; k < 8; ++k) layer.loss[k] = 1e6 - static_cast<double>(layer.cost[k]);
  }
  drawn.table.push_back({"odd", {0, 1}, {0.5, 0}, 0, "t"});
  auto const budget = drawn.least + ((drawn.most - drawn.least) / 4) * 2 + 1;
  auto const problem = prepare(drawn.table, dp::Objective::min, {budget});
  Lagrangian const lagrangian(problem);

  for (std::int64_t const most : {1, 10, 1000}) CHECK_FALSE(search_states(problem, lagrangian, problem.cell_of(budget), most).has_value());
  for (int const instance : {0, 1, 2, 3, 4, 5}) {
    Drawn const other(draw, 8, 6, 40 + instance, 1000);
    auto const at = (other.least + other.most) / 3 + other.least / 3;
    auto const reduced = prepare(other.table, dp::Objective::min, {at});
    Lagrangian const relaxed(reduced);
    for (std::int64_t const most : {1, 2, 5, 20, 100}) {
      auto const found = search_states(reduced, relaxed, reduced.cell_of(at), most);
      if (found) CHECK(settle(reduced, relaxed, other.table, {at}, *found).loss[0] == test::least_by_enumeration(other.plain, at));
    }
  }
}
