#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "src/allocation/allocation.hpp"
#include "src/base/error.hpp"
#include "tests/reference/plain_knapsack.hpp"

using namespace bellshard;
using namespace bellshard::allocation;

namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();

std::string refusal(Table const& table, std::vector<std::int64_t> const& budgets) {
  try {
    prepare(table, dp::Objective::min, budgets);
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::bad_input);
    return error.what();
  }
  return "not refused";
}

}  // namespace

TEST_CASE("dominated and forbidden choices leave, of equal ones the lowest number stays") {
  //                                 dearer  same   better  forbidden  equal to 2  below least
  Table const table{{"a", {10, 30, 20, 5, 20, 40}, {9, 4, 4, infinity, 4, 1}, 0, "t:1"}, {"b", {0, 6, 12}, {5, 3, 2}, 1, "t:2"}};

  auto const problem = prepare(table, dp::Objective::min, {60, 25});

  REQUIRE(problem.stages.size() == 2);
  CHECK(problem.base_cost == 10 + 6);
  CHECK(problem.unit == 2);
  CHECK(problem.stages[0].layer == 1);  // the shorter reach
  CHECK(problem.stages[0].choice == std::vector<std::int32_t>{1, 2});
  CHECK(problem.stages[0].cost == std::vector<std::int64_t>{0, 3});
  CHECK(problem.stages[1].choice == std::vector<std::int32_t>{0, 2, 5});
  CHECK(problem.stages[1].cost == std::vector<std::int64_t>{0, 5, 15});
  CHECK(problem.stages[1].loss == std::vector<double>{9, 4, 1});
  CHECK(problem.cells == 19);  // all that can be bought, 18 units, costs less than 60
  CHECK(problem.cell_of(25) == 4);
  CHECK(problem.cell_of(1000) == 18);
}

TEST_CASE("what the largest budget cannot buy leaves, too") {
  Table const table{{"a", {0, 7, 100}, {5, 3, 1}, 0, "t:1"}};

  auto const problem = prepare(table, dp::Objective::min, {50});

  CHECK(problem.unit == 1);
  CHECK(problem.stages[0].choice == std::vector<std::int32_t>{0, 1});
  CHECK(problem.cells == 8);
}

TEST_CASE("the greatest sum is the least sum of the negatives") {
  Table const table{{"a", {0, 2}, {0, 3}, 0, "t:1"}, {"b", {0, 2}, {-infinity, 1}, 0, "t:2"}};

  auto const problem = prepare(table, dp::Objective::max, {4});

  CHECK(problem.base_cost == 2);
  CHECK(problem.stages[1].loss == std::vector<double>{0, -3});
  CHECK(problem.as_asked(-3) == 3);
  CHECK_FALSE(std::signbit(problem.as_asked(0)));
}

TEST_CASE("no choice left, or a budget too small, is refused with the layer and its place") {
  Table const table{{"conv1", {3, 4}, {1, 2}, 0, "losses.jsonl:1"}, {"conv2", {5, 6}, {infinity, 2}, 0, "losses.jsonl:2"}};

  CHECK(refusal(table, {8}).find("budget of 8 is less than 9") != std::string::npos);
  CHECK(refusal(table, {8}).find("conv2, losses.jsonl:2") != std::string::npos);
  CHECK(refusal({{"conv2", {5, 6}, {1, infinity}, 1, "losses.jsonl:2"}}, {8}).find("losses.jsonl:2: layer conv2 has no choice") != std::string::npos);
  CHECK(refusal(table, {9}) == "not refused");
}

TEST_CASE("the bound never exceeds the optimum, the greedy choice never falls below it and fits") {
  std::mt19937_64 draw(5);
  double tight = 0;
  for (int instance = 0; instance < 300; ++instance) {
    Table table;
    std::vector<test::PlainLayer> plain;
    std::int64_t least = 0;
    for (std::size_t l = 0, layers = 1 + draw() % 5; l < layers; ++l) {
      Layer layer{std::to_string(l), {}, {}, 0, "t"};
      for (std::size_t k = 0, choices = 1 + draw() % 5; k < choices; ++k) {
        layer.cost.push_back(static_cast<std::int64_t>(draw() % 40));
        layer.loss.push_back(static_cast<double>(draw() % 1000) / 7 - 20);
      }
      least += *std::min_element(layer.cost.begin(), layer.cost.end());
      plain.push_back({layer.cost, layer.loss});
      table.push_back(layer);
    }
    for (std::int64_t const budget : {least, least + 5, least + 23, least + 200}) {
      auto const problem = prepare(table, dp::Objective::min, {budget});
      Lagrangian const lagrangian(problem);
      auto const cell = problem.cell_of(budget);

      auto const allocation = settle(problem, lagrangian, table, {budget}, lagrangian.greedy(cell));

      auto const optimum = test::least_by_enumeration(plain, budget);
      CHECK(allocation.bound[0] <= optimum + 1e-9);
      CHECK(allocation.loss[0] >= optimum - 1e-9);
      CHECK(allocation.loss[0] == allocation.greedy[0]);
      CHECK(allocation.cost[0] <= budget);
      tight += optimum - allocation.bound[0] < 1e-9;
    }
  }
  CHECK(tight > 300);  // at both ends of the budgets the bound is the optimum
}

TEST_CASE("a choice that costs too much or loses too little is found out") {
  Table const table{{"a", {0, 5}, {1, 0}, 0, "t:1"}};
  auto const problem = prepare(table, dp::Objective::min, {4, 5});
  Lagrangian const lagrangian(problem);

  CHECK_NOTHROW(settle(problem, lagrangian, table, {4, 5}, {0, 1}));
  CHECK_THROWS_AS(settle(problem, lagrangian, table, {4, 5}, {1, 1}), Error);
  auto const right = settle(problem, lagrangian, table, {4, 5}, {0, 1});
  CHECK_NOTHROW(verify(problem, lagrangian, right, {1, 0}, 1e-16));
  CHECK_THROWS_AS(verify(problem, lagrangian, right, {1, 0.1}, 1e-16), Error);
}
