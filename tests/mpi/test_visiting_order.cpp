#include <catch2/catch.hpp>
#include <numeric>

#include "tests/mpi/localised_rows.hpp"

using namespace sparse_fixture;
using reference::DenseMdp;

namespace {

/// Every state has two ways on along a scattered numbering; the last one in that order stays and earns nothing.
/// circle: the last `circle` states before it also lead back to the first of them.
DenseMdp scattered(std::size_t states, std::size_t circle) {
  auto const number = [=](std::size_t k) { return k * 7 % states; };  // `states` is no multiple of 7
  DenseMdp mdp;
  mdp.actions.resize(states);
  for (std::size_t k = 0; k < states; ++k) {
    for (std::size_t a = 0; a < 2; ++a) {
      std::vector<double> p(states, 0.0);
      p[number(std::min(k + 1 + a, states - 1))] += 0.5;
      p[number(std::min(k + 3, states - 1))] += 0.5;
      if (k + 1 < states && k + 1 + circle >= states) {
        for (auto& x : p) x *= 0.75;
        p[number(states - 1 - circle)] += 0.25;
      }
      mdp.actions[number(k)].push_back({k + 1 == states ? 0.0 : 1.0 + static_cast<double>((k + a) % 5), p});
    }
  }
  return mdp;
}

}  // namespace

TEST_CASE("states come after what they lead to, components together") {
  std::size_t const states = 120, circle = GENERATE(0, 10);
  auto const model = scattered(states, circle);
  LocalisedRows const local(uneven(static_cast<std::int64_t>(states)), model);
  auto const order = local.order();
  auto const own = local.rows.own;
  if (all_ranks() == 1) REQUIRE(!order.empty());
  if (order.empty()) return;

  std::vector<std::int64_t> at(order.size(), -1);
  for (std::size_t k = 0; k < order.size(); ++k) at[static_cast<std::size_t>(order[k])] = static_cast<std::int64_t>(k);

  REQUIRE(std::count(at.begin(), at.end(), -1) == 0);
  // By hand: in the scattered numbering, position k leads on to higher positions alone, but within the circle.
  std::vector<std::size_t> position(states);
  for (std::size_t k = 0; k < states; ++k) position[k * 7 % states] = k;
  for (auto s = own.begin; s < own.end; ++s) {
    for (std::size_t t = 0; t < states; ++t) {
      if (!own.contains(static_cast<std::int64_t>(t)) || static_cast<std::int64_t>(t) == s) continue;
      auto const k = position[static_cast<std::size_t>(s)], next = position[t];
      bool const leads = model.actions[static_cast<std::size_t>(s)][0].probability[t] > 0 || model.actions[static_cast<std::size_t>(s)][1].probability[t] > 0;
      bool const both_in_circle = circle > 0 && k + 1 + circle >= states && next + 1 + circle >= states;
      if (leads && !both_in_circle) CHECK(at[t - static_cast<std::size_t>(own.begin)] < at[static_cast<std::size_t>(s - own.begin)]);
    }
  }
}

TEST_CASE("a block's part of the order holds its own states") {
  std::size_t const states = 120;
  LocalisedRows const local(uneven(static_cast<std::int64_t>(states)), scattered(states, 0));
  auto const order = local.order(3);
  auto const size = static_cast<std::int64_t>(order.size());
  for (std::int64_t block = 0; block < 3; ++block) {
    auto const begin = size * block / 3, end = size * (block + 1) / 3;
    std::vector<std::int32_t> sorted(order.begin() + begin, order.begin() + end), expected(sorted.size());
    std::sort(sorted.begin(), sorted.end());
    std::iota(expected.begin(), expected.end(), static_cast<std::int32_t>(begin));
    CHECK(sorted == expected);
  }
}

TEST_CASE("numbers stand where they do as well") {
  DenseMdp line;  // every state leads up
  std::size_t const states = 50;
  for (std::size_t s = 0; s < states; ++s) {
    std::vector<double> p(states, 0.0);
    p[std::min(s + 1, states - 1)] = 1;
    line.actions.push_back({{1, p}});
  }
  CHECK(LocalisedRows(uneven(50), line).order().empty());
  if (all_ranks() == 1) CHECK(LocalisedRows(uneven(40), reference::random_mdp({.states = 40, .most_transitions = 20}, 3, 1, true)).order().empty());
}

TEST_CASE("what has no circle is settled by one ordered sweep alone, on several ranks by one for each step of a path at most") {
  std::size_t const states = 120;
  auto model = scattered(states, 0);
  model.maximise = GENERATE(true, false);
  std::vector<double> expected(states, 0.0);
  for (std::size_t sweep = 0; sweep < states; ++sweep) expected = model.backup(expected);
  Sharded const sharded(MPI_COMM_WORLD, uneven(static_cast<std::int64_t>(states)), model, mdp::StorageChoice::indexed);
  std::vector<double> start(states, 0.0);
  auto const values = sharded.values(start);

  // Alone, one sweep; else at most one for each step of a path.
  int const sweeps = all_ranks() == 1 ? 1 : static_cast<int>(states);
  for (int sweep = 0; sweep < sweeps; ++sweep) sharded.op->sweep_in_place(values, mdp::Operator::Order::ascending, 1.0);

  auto const own = sharded.own(values), truth = sharded.own_part(expected);
  for (std::size_t i = 0; i < own.size(); ++i) CHECK(own[i] == Approx(truth[i]).epsilon(1e-13));
}
