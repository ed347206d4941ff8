#include <catch2/catch.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "src/allocation/allocation.hpp"
#include "src/allocation/knapsack.hpp"
#include "src/runtime/context.hpp"
#include "tests/mpi/scratch_folder.hpp"
#include "tests/reference/plain_knapsack.hpp"

using namespace bellshard;
using namespace bellshard::allocation;

namespace {

Table draw_table(std::mt19937_64& draw, std::size_t layers, std::size_t choices, std::int64_t most, int losses) {
  Table table;
  for (std::size_t l = 0; l < layers; ++l) {
    Layer layer{"layer " + std::to_string(l), {}, {}, 0, "drawn"};
    for (std::size_t k = 0; k < choices; ++k) {
      layer.cost.push_back(static_cast<std::int64_t>(draw() % static_cast<unsigned long>(most + 1)));
      layer.loss.push_back(static_cast<double>(draw() % losses) / 16);
    }
    table.push_back(layer);
  }
  return table;
}

/// Costs fall and losses rise with the number, so that no choice is dominated.
Table draw_falling_table(std::mt19937_64& draw, std::size_t layers, std::size_t choices) {
  Table table;
  for (std::size_t l = 0; l < layers; ++l) {
    Layer layer{"layer " + std::to_string(l), std::vector<std::int64_t>(choices), std::vector<double>(choices), 0, "drawn"};
    std::int64_t cost = 0;
    double loss = 0;
    for (std::size_t k = 0; k < choices; ++k) {
      layer.cost[choices - 1 - k] = cost += 1 + static_cast<std::int64_t>(draw() % 2);
      layer.loss[k] = loss += static_cast<double>(1 + draw() % 50) / 16;
    }
    table.push_back(layer);
  }
  return table;
}

std::int64_t least_cost(Table const& table) {
  std::int64_t sum = 0;
  for (auto const& layer : table) sum += *std::min_element(layer.cost.begin(), layer.cost.end());
  return sum;
}

std::vector<test::PlainLayer> plain(Table const& table) {
  std::vector<test::PlainLayer> layers;
  for (auto const& layer : table) layers.push_back({layer.cost, layer.loss});
  return layers;
}

struct Solved {
  Allocation allocation;
  std::vector<double> frontier;  ///< own cells
  Block own;
  Problem problem;
};

Solved solve(Context& context, Table const& table, std::vector<std::int64_t> const& budgets, Precision precision = Precision::float64,
             TablePlace place = TablePlace::memory, std::filesystem::path const& result = "none.h5") {
  auto problem = prepare(table, dp::Objective::min, budgets);
  std::vector<std::int64_t> cells;
  for (auto const budget : budgets) cells.push_back(problem.cell_of(budget));
  auto const knapsack = Knapsack::make(context, problem, cells, precision, place, result);
  for (std::int64_t sweep = 1; !knapsack->finished(); ++sweep) knapsack->advance(sweep);
  Lagrangian const lagrangian(problem);
  Solved solved{settle(problem, lagrangian, table, budgets, knapsack->chosen()), {}, {}, problem};
  verify(problem, lagrangian, solved.allocation, knapsack->optimum(), precision == Precision::float32 ? 1.2e-7 : 2.3e-16);
  auto const frontier = knapsack->frontier();
  solved.own = frontier.own;
  solved.frontier.resize(static_cast<std::size_t>(frontier.own.size()));
  if (!frontier.own.empty()) frontier.fetch(frontier.own, solved.frontier.data());
  MPI_Barrier(context.comm());
  knapsack->remove_files();
  return solved;
}

/// Losses are sixteenths, so sums are exact and any order of adding gives the same bits.
void check_frontier(Solved const& solved, Table const& table) {
  auto const least = test::least_by_table(plain(table), solved.problem.base_cost + solved.problem.cells * solved.problem.unit);
  for (auto c = solved.own.begin; c < solved.own.end; ++c) {
    CHECK(solved.frontier[static_cast<std::size_t>(c - solved.own.begin)] == least[static_cast<std::size_t>(solved.problem.base_cost + c * solved.problem.unit)]);
  }
}

/// Bit for bit.
void check_same(Solved const& some, Solved const& other) {
  CHECK(some.allocation.choice == other.allocation.choice);
  CHECK(some.allocation.loss == other.allocation.loss);
  CHECK(some.allocation.bound == other.allocation.bound);
  CHECK(std::equal(some.frontier.begin(), some.frontier.end(), other.frontier.begin() + some.own.begin));
}

}  // namespace

TEST_CASE("a thousand small problems against every way to choose; the same bits as on one rank") {
  std::mt19937_64 draw(21);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet), alone(MPI_COMM_SELF, {}, Verbosity::quiet);
  for (int instance = 0; instance < 1000; ++instance) {
    auto const table = draw_table(draw, 1 + draw() % 5, 1 + draw() % 5, 1 + static_cast<std::int64_t>(draw() % 30), draw() % 2 ? 8 : 4000);
    auto const least = least_cost(table);
    std::vector<std::int64_t> const budgets{least + static_cast<std::int64_t>(draw() % 60), least, least + 7};

    auto const solved = solve(context, table, budgets);

    for (std::size_t q = 0; q < budgets.size(); ++q) {
      INFO("instance " << instance << ", budget " << budgets[q]);
      CHECK(solved.allocation.loss[q] == test::least_by_enumeration(plain(table), budgets[q]));
    }
    check_same(solved, solve(alone, table, budgets));
  }
}

TEST_CASE("two hundred larger problems, whose sums are rounded: the same bits as on one rank") {
  std::mt19937_64 draw(25);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet), alone(MPI_COMM_SELF, {}, Verbosity::quiet);
  for (int instance = 0; instance < 200; ++instance) {
    auto const most = std::array<std::int64_t, 3>{50, 400, 3000}[draw() % 3];
    auto table = draw_table(draw, 8 + draw() % 17, 5 + draw() % 20, most, 40000);
    for (auto& layer : table) {
      for (auto& loss : layer.loss) loss = std::sqrt(loss);
    }
    auto const least = least_cost(table);
    std::vector<std::int64_t> const budgets{least + most, least + 4 * most, least + static_cast<std::int64_t>(draw() % 1000)};

    INFO("instance " << instance);
    check_same(solve(context, table, budgets), solve(alone, table, budgets));
  }
}

TEST_CASE("every budget of larger problems against the textbook table; margins reach over several ranks") {
  std::mt19937_64 draw(22);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  for (auto const& [layers, choices, most] : {std::tuple{6, 300, 900}, {12, 20, 100}, {3, 2, 1000}, {40, 5, 13}, {1, 4, 9}}) {
    auto const table = draw_table(draw, static_cast<std::size_t>(layers), static_cast<std::size_t>(choices), most, 40000);
    std::vector<std::int64_t> budgets{least_cost(table) + layers * most / 2, least_cost(table) + most / 3, least_cost(table)};
    check_frontier(solve(context, table, budgets), table);
    budgets.push_back(layers * most);
    check_frontier(solve(context, table, budgets), table);
    check_frontier(solve(context, table, budgets, Precision::float32), table);  // sixteenths below 2^20: exact, too
  }
}

TEST_CASE("more candidates than a byte can number, in memory and in files") {
  test::ScratchFolder const folder;
  std::mt19937_64 draw(24);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  for (std::size_t const choices : {256, 257, 600}) {
    auto const table = draw_falling_table(draw, 4, choices);
    auto const most = static_cast<std::int64_t>(choices);
    std::vector<std::int64_t> const budgets{least_cost(table) + 5 * most, least_cost(table), least_cost(table) + 2 * most};

    auto const solved = solve(context, table, budgets);

    CHECK(solved.problem.stages.front().choice.size() == choices);
    check_frontier(solved, table);
    CHECK(solve(context, table, budgets, Precision::float64, TablePlace::files, folder / "run.h5").allocation.choice == solved.allocation.choice);
  }
}

TEST_CASE("tables of choices in files give what those in memory give, and go") {
  test::ScratchFolder const folder;
  std::mt19937_64 draw(23);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  for (int const choices : {20, 400}) {
    auto const table = draw_table(draw, 7, static_cast<std::size_t>(choices), 700, 40000);
    std::vector<std::int64_t> const budgets{least_cost(table) + 2500, least_cost(table), least_cost(table) + 901};

    auto const filed = solve(context, table, budgets, Precision::float64, TablePlace::files, folder / "run.h5");

    CHECK(filed.allocation.choice == solve(context, table, budgets).allocation.choice);
    MPI_Barrier(context.comm());
    CHECK(std::filesystem::is_empty(folder.path()));
  }
}

TEST_CASE("of equal sums the lowest number of a choice is taken, on any ranks") {
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  // All ways to spend 4 on two layers that lose 2 a unit less: the later stage, which is the later layer, takes its lowest number.
  Table const table{{"a", {4, 3, 2, 1, 0}, {0, 2, 4, 6, 8}, 0, "t:1"}, {"b", {0, 1, 2, 3, 4}, {8, 6, 4, 2, 0}, 0, "t:2"}};

  auto const solved = solve(context, table, {4, 2});

  CHECK(solved.allocation.choice == std::vector<std::int32_t>{0, 0, 2, 0});
  CHECK(solved.allocation.loss == std::vector<double>{8, 12});
}
