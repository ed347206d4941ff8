#include <catch2/catch.hpp>
#include <limits>

#include "src/dist/reduce.hpp"
#include "tests/mpi/localised_rows.hpp"

using namespace sparse_fixture;
using reference::DenseMdp;
using reference::random_mdp;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

void check_near(std::vector<double> const& found, std::vector<double> const& expected) {
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("own state " << i);
    CHECK(found[i] == Approx(expected[i]).epsilon(1e-13).margin(1e-12));
  }
}

/// Small ragged models with short rows, and two with rows long enough for partial sums.
std::vector<DenseMdp> models() {
  return {random_mdp({.states = 30}, 1, 0.9, true),
          random_mdp({.states = 200, .most_actions = 5, .reach = 3}, 2, 1.0, false),
          random_mdp({.states = 150, .most_transitions = 140}, 3, 0.99, true),
          random_mdp({.states = 330, .most_actions = 3, .most_transitions = 90, .contiguous = true}, 4, 0.95, false),
          random_mdp({.states = 1, .most_actions = 3}, 5, 0.5, true)};
}

/// One sweep in place over the own states, by number or in the operator's own order (see test_visiting_order).
std::vector<double> in_place(DenseMdp const& model, std::vector<double> v, Block own, Partition const& axis, bool ascending, double relaxation) {
  auto order = LocalisedRows(axis, model).order();
  if (order.empty()) return model.in_place(v, static_cast<std::size_t>(own.begin), static_cast<std::size_t>(own.end), ascending, relaxation);
  if (!ascending) std::reverse(order.begin(), order.end());
  for (auto const k : order) {
    auto const s = static_cast<std::size_t>(own.begin + k);
    v[s] = static_cast<double>(v[s] + relaxation * (model.settled(s, v) - v[s]));
  }
  return v;
}

/// Runs a check on each model, sharded unevenly and evenly.
template <class Check>
void for_each_model(Check const& check) {
  for (auto const& model : models()) {
    auto const states = static_cast<std::int64_t>(model.states());
    for (auto const& axis : {uneven(states), Partition::equal(states, all_ranks())}) {
      INFO(model.states() << " states, " << (model.maximise ? "max" : "min"));
      Sharded const sharded(MPI_COMM_WORLD, axis, model, mdp::StorageChoice::indexed);
      Sharded const alone(MPI_COMM_SELF, Partition::equal(states, 1), model, mdp::StorageChoice::indexed);
      check(model, sharded, alone);
    }
  }
}

}  // namespace

TEST_CASE("one backup is the oracle's, with the same bits for any ranks") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const& alone) {
    auto const v = some_values(model.states());
    auto const out = sharded.nothing(), greedy_out = sharded.nothing(), whole = alone.nothing();
    auto const action = sharded.actions(std::vector<std::int32_t>(model.states(), -1));

    auto const change = sharded.op->backup(sharded.values(v), out);
    sharded.op->backup(sharded.values(v), greedy_out, action);
    alone.op->backup(alone.values(v), whole);

    auto const expected = model.backup(v);
    check_near(sharded.own(out), sharded.own_part(expected));
    CHECK(sharded.own(out) == sharded.own_part(alone.own(whole)));
    CHECK(sharded.own(greedy_out) == sharded.own(out));
    for (auto s = sharded.op->own().begin; s < sharded.op->own().end; ++s) {
      CHECK(sharded.own(action)[s - sharded.op->own().begin] == model.lowest_best(s, v, 1e-9));
    }
    double low = infinity, high = -infinity;
    for (std::size_t s = 0; s < model.states(); ++s) low = std::min(low, expected[s] - v[s]), high = std::max(high, expected[s] - v[s]);
    CHECK(min_over_ranks(MPI_COMM_WORLD, change.lowest) == Approx(low).margin(1e-12));
    CHECK(max_over_ranks(MPI_COMM_WORLD, change.highest) == Approx(high).margin(1e-12));
  });
}

TEST_CASE("an old action is kept where it is as good as the best, and left where it is not") {
  DenseMdp model;
  model.discount = 1;
  double const third = 1.0 / 3;
  model.actions = {{{1.0, {1, 0}}, {1.0, {0, 1}}, {1.0 - 1e-15, {1, 0}}, {0.5, {1, 0}}}, {{third, {0.5, 0.5}}}};
  auto const kept = GENERATE(-1, 0, 1, 2, 3);
  Sharded const sharded(MPI_COMM_WORLD, uneven(2), model, mdp::StorageChoice::indexed);
  auto const action = sharded.actions({kept, -1});

  sharded.op->backup(sharded.values({0.25, 0.25}), sharded.nothing(), action);

  if (sharded.op->own().contains(0)) CHECK(sharded.own(action)[0] == (kept == -1 || kept == 3 ? 0 : kept));
  if (sharded.op->own().contains(1)) CHECK(sharded.own(action)[1 - sharded.op->own().begin] == 0);
}

TEST_CASE("a policy's rewards, expectation and evaluation are the oracle's") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const& alone) {
    auto const v = some_values(model.states());
    auto const policy = some_policy(model);
    auto const rewards = sharded.nothing(), expected = sharded.nothing(), both = sharded.nothing(), whole = alone.nothing();

    sharded.op->rewards(sharded.actions(policy), rewards);
    sharded.op->expect(sharded.actions(policy), sharded.values(v), expected);
    auto const change = sharded.op->evaluate(sharded.actions(policy), sharded.values(v), both);
    alone.op->evaluate(alone.actions(policy), alone.values(v), whole);

    check_near(sharded.own(both), sharded.own_part(model.evaluate(policy, v)));
    CHECK(sharded.own(both) == sharded.own_part(alone.own(whole)));
    auto const r = sharded.own(rewards), e = sharded.own(expected), b = sharded.own(both);
    for (std::size_t i = 0; i < b.size(); ++i) {
      auto const s = static_cast<std::size_t>(sharded.op->own().begin) + i;
      CHECK(r[i] == model.actions[s][static_cast<std::size_t>(policy[s])].reward);
      CHECK(r[i] + e[i] == b[i]);
      CHECK(change.lowest <= b[i] - v[s]);
      CHECK(change.highest >= b[i] - v[s]);
    }
  });
}

TEST_CASE("counted steps are the oracle's, of near-optimal actions alone") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const&) {
    auto const v = some_values(model.states());
    std::vector<double> steps(model.states());
    for (std::size_t s = 0; s < steps.size(); ++s) steps[s] = 1.0 + static_cast<double>(s % 17);
    for (double const margin : {1e-9, 3.0, 1e9}) {
      auto const out = sharded.nothing();
      auto const action = sharded.actions(std::vector<std::int32_t>(model.states(), -1));

      sharded.op->count_steps(sharded.values(v), margin, sharded.values(steps), out, action);

      check_near(sharded.own(out), sharded.own_part(model.count_steps(v, margin, steps)));
      for (std::size_t i = 0; i < sharded.own(out).size(); ++i) {
        auto const s = static_cast<std::size_t>(sharded.op->own().begin) + i;
        auto const a = static_cast<std::size_t>(sharded.own(action)[i]);
        CHECK(sharded.own(out)[i] == Approx(static_cast<double>(1 + model.discount * model.expected(s, a, steps))).epsilon(1e-13));
      }
    }
  });
}

TEST_CASE("an ordered sweep reads what it wrote before; items of other ranks as they were") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const&) {
    if (Execution().concurrency() > 1) return;  // a block for each thread: see the kernel's own test
    auto const v = some_values(model.states());
    auto const own = sharded.op->own();
    for (bool const ascending : {true, false}) {
      for (double const relaxation : {1.0, 1.3}) {
        auto const values = sharded.values(v);

        auto const change = sharded.op->sweep_in_place(
            values, ascending ? mdp::Operator::Order::ascending : mdp::Operator::Order::descending, relaxation);

        auto const expected = in_place(model, v, own, sharded.partition, ascending, relaxation);
        check_near(sharded.own(values), sharded.own_part(expected));
        for (auto s = own.begin; s < own.end; ++s) CHECK(change.highest >= Approx(expected[s] - v[s]).margin(1e-12));
      }
    }
  });
}

TEST_CASE("the enclosing change holds the exact one, and little more") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const&) {
    auto const v = some_values(model.states());

    auto const change = sharded.op->enclosing_change(sharded.values(v));

    long double low = infinity, high = -infinity;
    for (auto s = sharded.op->own().begin; s < sharded.op->own().end; ++s) {
      low = std::min(low, model.best(s, v) - v[s]);
      high = std::max(high, model.best(s, v) - v[s]);
    }
    CHECK(change.lowest <= low);
    CHECK(change.highest >= high);
    if (sharded.op->own().empty()) return;
    CHECK(change.lowest >= low - 1e-11);
    CHECK(change.highest <= high + 1e-11);
  });
}

TEST_CASE("bounds are verified state by state") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const&) {
    auto const v = some_values(model.states());
    std::int64_t below = 0, above = 0;
    for (auto s = sharded.op->own().begin; s < sharded.op->own().end; ++s) {
      below += model.best(s, v) < v[s];
      above += model.best(s, v) > v[s];
    }

    auto const found = sharded.op->verify(sharded.values(v), {}, 0, 0);

    CHECK(found.lower == below);
    CHECK(found.upper == above);
  });
}

TEST_CASE("bounds are values and weights, those of other ranks included") {
  for_each_model([](DenseMdp const& model, Sharded const& sharded, Sharded const&) {
    auto const v = some_values(model.states());
    std::vector<double> weight(v.size()), lower(v), upper(v);
    for (std::size_t s = 0; s < v.size(); ++s) {
      weight[s] = static_cast<double>(s % 5) / 4;
      lower[s] -= 0.5 * weight[s];
      upper[s] += 0.75 * weight[s];
    }
    std::int64_t below = 0, above = 0;
    for (auto s = sharded.op->own().begin; s < sharded.op->own().end; ++s) {
      below += model.best(s, lower) < lower[s];
      above += model.best(s, upper) > upper[s];
    }

    auto const found = sharded.op->verify(sharded.values(v), sharded.values(weight), -0.5, 0.75);

    CHECK(found.lower == below);
    CHECK(found.upper == above);
  });
}

TEST_CASE("bounds that hold only by rounding do not hold") {
  DenseMdp model;
  model.actions = {{{0.1, {1.0 / 3, 2.0 / 3}}}, {{0, {0, 1}}}};
  model.discount = 0.9;
  double const v = 0.1 + 0.9 * (1.0 / 3 * 1000 + 2.0 / 3 * 0.5);
  Sharded const sharded(MPI_COMM_WORLD, uneven(2), model, mdp::StorageChoice::indexed);
  std::vector<double> bound{1000, 0.5};
  auto const shifted = [&](double shift) {
    // T bound at state 0 is v; the bound at state 0 itself must stay 1000, so the reward makes up for it
    auto moved = model;
    moved.actions[0][0].reward += 1000 - v + shift;
    Sharded const s(MPI_COMM_WORLD, uneven(2), moved, mdp::StorageChoice::indexed);
    auto const found = s.op->verify(s.values(bound), {}, 0, 0);
    return std::pair{sum_over_ranks(MPI_COMM_WORLD, found.lower), sum_over_ranks(MPI_COMM_WORLD, found.upper)};
  };

  CHECK(shifted(0) == std::pair<std::int64_t, std::int64_t>{2, 1});     // state 1 decays: 0.45 < 0.5
  CHECK(shifted(1e-9) == std::pair<std::int64_t, std::int64_t>{1, 1});  // clearly above
  CHECK(shifted(-1e-9) == std::pair<std::int64_t, std::int64_t>{2, 0});
}

TEST_CASE("infinite bounds verify where they should") {
  DenseMdp model;
  model.maximise = GENERATE(true, false);
  // 0 -> 1 or 2; 1 and 2 stay where they are, 2 earns for ever
  model.actions = {{{1, {0, 0.5, 0.5}}, {1, {0, 1, 0}}}, {{0, {0, 1, 0}}}, {{1, {0, 0, 1}}}};
  Sharded const sharded(MPI_COMM_WORLD, uneven(3), model, mdp::StorageChoice::indexed);
  auto const verify = [&](std::vector<double> const& lower, std::vector<double> const& upper) {
    auto const below = sharded.op->verify(sharded.values(lower), {}, 0, 0).lower, above = sharded.op->verify(sharded.values(upper), {}, 0, 0).upper;
    return std::pair{sum_over_ranks(MPI_COMM_WORLD, below), sum_over_ranks(MPI_COMM_WORLD, above)};
  };
  using Counts = std::pair<std::int64_t, std::int64_t>;

  if (model.maximise) {
    CHECK(verify({infinity, 0, infinity}, {infinity, 0, infinity}) == Counts{0, 0});
    CHECK(verify({infinity, 0, 5}, {7, 0, infinity}) == Counts{1, 1});
  } else {
    CHECK(verify({0.5, -infinity, infinity}, {1.5, 0, infinity}) == Counts{1, 0});
    CHECK(verify({0.5, 0, infinity}, {1.5, 0, infinity}) == Counts{0, 0});
    CHECK(verify({-infinity, -infinity, infinity}, {infinity, infinity, infinity}) == Counts{0, 0});
  }
}
