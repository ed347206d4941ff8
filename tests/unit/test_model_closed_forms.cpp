// The published numbers and closed forms of the built-in models, by the plain solver.
#include <catch2/catch.hpp>

#include "src/mdp/models/additive.hpp"
#include "tests/reference/plain_mdp.hpp"
#include "tests/unit/generated_rows.hpp"

using plain::Best;

namespace {

plain::Solution solved(std::string const& name, std::string const& keys, double discount, Best best, double width = 1e-9) {
  return plain::solve(all_rows(*make_source(name, keys)), discount, best, width);
}

Approx nearly(double value) { return Approx(value).epsilon(1e-10).margin(1e-9); }

}  // namespace

TEST_CASE("the ring has its closed form") {
  for (double const discount : {0.9, 0.99}) {
    auto const value = solved("ring", "states = 50\ngoal = 42\nstay = 0.8", discount, Best::most).value;
    double const rho = 0.9 * discount / (1 - 0.1 * discount);
    double const goal = 1 / (1 - discount * (0.8 + 0.2 * rho));
    for (int s = 0; s < 50; ++s) CHECK(value[s] == nearly(goal * std::pow(rho, std::min(std::abs(s - 42), 50 - std::abs(s - 42)))));
  }
  CHECK(solved("ring", "stay = 0.8", 0.9, Best::most).value[42] == nearly(8.348623853211));
}

TEST_CASE("the ring's values at discount .999 are those published") {
  auto const value = solved("ring", "goal = 41", 0.999, Best::most).value;
  CHECK(value[41] == nearly(900.1));
  CHECK(value[0] == nearly(891.139892048001));
  CHECK(value[16] == nearly(875.430474691269));
}

TEST_CASE("the grid has its closed form") {
  double const discount = 0.99, wait = 1 - 0.2 * discount, kappa = 0.8 * discount / wait;
  auto const value = solved("grid", "rows = 20\ncolumns = 30", discount, Best::most).value;
  for (int s = 0; s < 600; ++s) CHECK(value[s] == nearly(-(1 - std::pow(kappa, s / 30 + s % 30)) / wait / (1 - kappa)));
  CHECK(solved("grid", "", discount, Best::most).value.back() == nearly(-91.662016441));
}

TEST_CASE("the forest's values and gains are those of pymdptoolbox") {
  auto const value = solved("forest", "", 0.9, Best::most).value;
  CHECK(value[0] == nearly(6561.0 / 250));
  CHECK(value[1] == nearly(7371.0 / 250));
  CHECK(value[2] == nearly(8371.0 / 250));
  CHECK(plain::gain(all_rows(*make_source("forest", "")), Best::most) == nearly(3.24));
  CHECK(plain::gain(all_rows(*make_source("forest", "states = 10")), Best::most) == Approx(1.549681956).epsilon(1e-9));
}

TEST_CASE("three periods of the textbook inventory give the textbook's values") {
  auto const rows = all_rows(*make_source("inventory", ""));
  std::vector<double> value(4, 0.0);
  for (int t = 0; t < 3; ++t) value = plain::backup(rows, value, 1, Best::most).value;
  CHECK(value == std::vector<double>{67.0 / 16, 129.0 / 16, 194.0 / 16, 227.0 / 16});
}

TEST_CASE("perishable inventory orders as De Moor et al. published") {
  // Rows: stock that was just delivered, 0 to 8; columns: stock a period older, 0 to 8.
  auto const table = [](std::string const& keys) {
    auto const action = solved("perishable", keys, 0.99, Best::most, 1e-6).action;
    std::vector<std::vector<int>> orders;
    for (int fresh = 0; fresh <= 8; ++fresh) {
      auto const row = action.begin() + fresh * 11;
      orders.emplace_back(row, row + 9);
    }
    return orders;
  };
  std::vector<int> const lifo{3, 3, 3, 2, 1, 0, 0, 0, 0};
  auto const by_lifo = table("issue = \"lifo\"");
  for (std::size_t fresh = 0; fresh <= 8; ++fresh) CHECK(by_lifo[fresh] == std::vector<int>(9, lifo[fresh]));
  CHECK(table("issue = \"fifo\"") == std::vector<std::vector<int>>{{4, 4, 4, 4, 4, 4, 4, 4, 4},
                                                                  {4, 4, 3, 3, 3, 3, 3, 3, 3},
                                                                  {4, 3, 3, 3, 2, 2, 2, 2, 2},
                                                                  {3, 3, 2, 2, 1, 1, 1, 1, 1},
                                                                  {3, 2, 2, 1, 1, 1, 1, 0, 0},
                                                                  {2, 2, 1, 1, 0, 0, 0, 0, 0},
                                                                  {2, 1, 1, 0, 0, 0, 0, 0, 0},
                                                                  {1, 1, 0, 0, 0, 0, 0, 0, 0},
                                                                  {1, 0, 0, 0, 0, 0, 0, 0, 0}});
}

TEST_CASE("perishable inventory gains what Hendrix et al. published") {
  auto const gain = [](int life) {
    auto const keys = fmt::format("life = {}\nissue = \"fifo\"\ndemand = \"poisson\"\ndemand_mean = 5\nprice = 1\norder_cost = 0.5\n"
                                  "shortage_cost = 0\nwaste_cost = 0\nholding_cost = 0", life);
    return plain::gain(all_rows(*make_source("perishable", keys)), Best::most, 1e-6);
  };
  CHECK(gain(2) == Approx(2.22).margin(0.005));
  CHECK(gain(3) == Approx(2.40).margin(0.005));
}

TEST_CASE("the infectious disease has the known values among 1000 people") {
  auto const solution = solved("infectious_disease", "", 0.99, Best::least, 1e-8);
  CHECK(solution.value[0] == nearly(-1900.236884252));
  CHECK(solution.value[500] == nearly(-843.346289129));
  CHECK(solution.value[999] == nearly(-1707.662873089));
  CHECK(solution.value[1000] == nearly(-2000));
  CHECK(std::count(solution.action.begin(), solution.action.end(), 0) == 3);
  CHECK(std::count(solution.action.begin(), solution.action.end(), 19) == 998);
}

TEST_CASE("an additive product is the sum of its machines") {
  bellshard::mdp::Additive const model{3, 7, 0.6, 0.8, 2};
  auto const value = solved("additive", "factors = 3\nlevels = 7", 0.95, Best::least).value;
  std::vector<std::vector<double>> factor;
  for (int k = 0; k < 3; ++k) factor.push_back(factor_values(model, k, 0.95));
  for (int s = 0; s < 343; ++s) CHECK(value[s] == nearly(factor[0][s / 49] + factor[1][s / 7 % 7] + factor[2][s % 7]));
}

TEST_CASE("the pendulum and the double integrator are at rest where they cost least") {
  auto const pendulum = solved("pendulum", "angles = 21\nspeeds = 21\nactions = 5", 0.9, Best::least, 1e-6).value;
  CHECK(std::min_element(pendulum.begin(), pendulum.end()) - pendulum.begin() == 10 * 21 + 10);
  auto const integrator = solved("double_integrator", "positions = 21\nspeeds = 21\nactions = 5", 0.9, Best::least, 1e-6).value;
  CHECK(integrator[10 * 21 + 10] == Approx(0).margin(1e-6));
  CHECK(integrator[0] == nearly(integrator[440]));  // symmetric
}

TEST_CASE("growth saves more out of more capital, less than it has") {
  auto const solution = solved("growth", "capital_points = 60", 0.95, Best::most, 1e-9);
  for (int i = 5; i < 300; ++i) {
    CHECK(solution.action[i] >= solution.action[i - 5]);
    CHECK(solution.value[i] > solution.value[i - 5]);
  }
  // Without uncertainty k' = share discount z k^share: near it, with z = 1 at the middle of the grid.
  double const steady = std::pow(0.95 / 3, 1.5), k = steady * (0.5 + 30 / 60.0);
  CHECK(steady * (0.5 + solution.action[30 * 5 + 2] / 60.0) == Approx(0.95 / 3 * std::cbrt(k)).epsilon(0.02));
}

TEST_CASE("an additive product of more states than 32 bits can count moves each machine as a small one does") {
  for (std::int64_t const levels : {std::int64_t{100'000}, std::int64_t{7}}) {
    bellshard::mdp::Additive const model{3, levels, 0.6, 0.8, 2};
    std::int64_t const digit[] = {levels - 2, levels / 2, 3};
    std::int64_t const state = (digit[0] * levels + digit[1]) * levels + digit[2];
    CHECK(model.reward(state, 5) == static_cast<double>(digit[0] + digit[1] + digit[2]) + 2 * (1 + 3));  // machines 0 and 2 are serviced
    double sum = 0, mean[3] = {};
    model.transitions(state, 5, [&](std::int64_t next, double p) {
      sum += p;
      std::int64_t const there[] = {next / levels / levels, next / levels % levels, next % levels};
      for (int k = 0; k < 3; ++k) mean[k] += p * static_cast<double>(there[k] - digit[k]);
    });
    CHECK(sum == Approx(1));
    CHECK(mean[0] == Approx(-0.8));
    CHECK(mean[1] == Approx(0.4));
    CHECK(mean[2] == Approx(-0.8));
  }
}
