// The operator of models by formula against the plain solver on their rows, at any number of ranks.
#include <catch2/catch.hpp>

#include "src/dist/reduce.hpp"
#include "tests/reference/plain_mdp.hpp"
#include "tests/unit/generated_rows.hpp"

using namespace bellshard;
using namespace bellshard::mdp;
using plain::Best;

namespace {

/// Uneven blocks, the second one empty.
Partition uneven(std::int64_t states) {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  std::vector<std::int64_t> sizes(static_cast<std::size_t>(ranks), 0);
  sizes.back() = states;
  if (ranks > 2) {
    sizes[0] = states / 3;
    sizes[2] = states - states / 3;
    if (ranks > 3) sizes[2] = states / 4, sizes[3] = states - states / 3 - states / 4;
  }
  return Partition::of_sizes(sizes);
}

/// One model, cut in some way, with the rows of all states beside it.
struct Sharded {
  Rows rows;
  std::unique_ptr<Operator> op;
  double discount = 0.9;

  Sharded(std::string const& name, std::string const& keys, Objective objective, bool even) {
    auto const source = make_source(name, keys + "\nstorage = \"matrix_free\"");
    rows = all_rows(*source);
    auto const states = even ? source->partition(MPI_COMM_WORLD) : uneven(rows.states);
    CHECK(states.size() == rows.states);
    op = source->matrix_free(MPI_COMM_WORLD, states, objective, discount);
    REQUIRE(op != nullptr);
  }

  Best best() const { return op->objective() == Objective::max ? Best::most : Best::least; }

  /// Values of all states in local storage; what is not of this rank is left at a number that no sweep may read.
  Array<double> local(std::vector<double> const& all) const {
    Array<double> const values("values", static_cast<std::size_t>(op->local_items()));
    auto const host = Kokkos::create_mirror_view(values);
    Kokkos::deep_copy(host, 1e300);
    for (auto s = op->own().begin; s < op->own().end; ++s) host(op->own_first() + s - op->own().begin) = all[s];
    Kokkos::deep_copy(values, host);
    return values;
  }
  Array<std::int32_t> actions(std::vector<int> const& all) const {
    Array<std::int32_t> const action("action", static_cast<std::size_t>(op->own().size()));
    auto const host = Kokkos::create_mirror_view(action);
    for (auto s = op->own().begin; s < op->own().end; ++s) host(s - op->own().begin) = all[s];
    Kokkos::deep_copy(action, host);
    return action;
  }
  void check_own(Array<double> const& values, std::vector<double> const& expected) const {
    auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values);
    for (auto s = op->own().begin; s < op->own().end; ++s) {
      CHECK(host(op->own_first() + s - op->own().begin) == Approx(expected[s]).epsilon(1e-13).margin(1e-13));
    }
  }
};

/// Numbers that differ between states.
std::vector<double> uneven_values(std::int64_t states) {
  std::vector<double> values;
  for (std::int64_t s = 0; s < states; ++s) values.push_back(static_cast<double>(s * 37 % 101) - 40.5);
  return values;
}

template <class Check>
void for_each_model(Check const& check) {
  for (bool const even : {true, false}) {
    for (auto const& [name, keys, objective] : std::vector<std::tuple<std::string, std::string, Objective>>{
             {"ring", "states = 23\ngoal = 4", Objective::max},
             {"grid", "rows = 9\ncolumns = 5", Objective::max},
             {"garnet", "states = 60\nactions = 3\nbranching = 6", Objective::min},
             {"additive", "factors = 3\nlevels = 5", Objective::min},
             {"inventory", "capacity = 12\ndemand_mean = 4", Objective::max},
             {"forest", "states = 2", Objective::max}}) {
      INFO(name << (even ? ", cut by work" : ", an empty rank"));
      Sharded sharded(name, keys, objective, even);
      check(sharded);
    }
  }
}

}  // namespace

TEST_CASE("a backup is the plain one, with the lowest best action") {
  for_each_model([](Sharded& model) {
    auto const start = uneven_values(model.rows.states);
    auto const expected = plain::backup(model.rows, start, model.discount, model.best());
    auto const in = model.local(start), out = model.local(start), again = model.local(start);
    auto const action = model.actions(std::vector<int>(start.size(), -1));

    auto const change = model.op->backup(in, out, action);
    auto const same = model.op->backup(in, again);

    model.check_own(out, expected.value);
    model.check_own(again, expected.value);
    auto const taken = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), action);
    for (auto s = model.op->own().begin; s < model.op->own().end; ++s) CHECK(taken(s - model.op->own().begin) == expected.action[s]);
    double low = INFINITY, high = -INFINITY;
    for (std::size_t s = 0; s < start.size(); ++s) {
      low = std::min(low, expected.value[s] - start[s]);
      high = std::max(high, expected.value[s] - start[s]);
    }
    CHECK(min_over_ranks(MPI_COMM_WORLD, change.lowest) == Approx(low));
    CHECK(max_over_ranks(MPI_COMM_WORLD, change.highest) == Approx(high));
    CHECK(same.lowest == change.lowest);
    CHECK(same.highest == change.highest);
  });
}

TEST_CASE("an old action as good as the best is kept") {
  Sharded model("grid", "rows = 6\ncolumns = 6", Objective::max, true);
  std::vector<double> const start(36, 0.0);  // all actions are as good
  auto const in = model.local(start), out = model.local(start);
  std::vector<int> old(36, 2);
  old[0] = 0;
  auto const action = model.actions(old);

  model.op->backup(in, out, action);

  auto const taken = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), action);
  for (auto s = model.op->own().begin; s < model.op->own().end; ++s) CHECK(taken(s - model.op->own().begin) == old[s]);
}

TEST_CASE("the parts of a fixed policy add up to its backup") {
  for_each_model([](Sharded& model) {
    auto const start = uneven_values(model.rows.states);
    std::vector<int> policy;
    std::vector<double> reward, expected;
    for (std::int64_t s = 0; s < model.rows.states; ++s) {
      auto const pair = model.rows.action_offset[s + 1] - 1;  // the last action
      policy.push_back(static_cast<int>(pair - model.rows.action_offset[s]));
      reward.push_back(model.rows.reward[pair]);
      expected.push_back(plain::q_of(model.rows, pair, start, model.discount));
    }
    auto const in = model.local(start), out = model.local(start);
    auto const action = model.actions(policy);

    model.op->evaluate(action, in, out);
    model.check_own(out, expected);
    model.op->rewards(action, out);
    model.check_own(out, reward);
    model.op->expect(action, model.local(start), out);
    for (std::size_t s = 0; s < expected.size(); ++s) expected[s] -= reward[s];
    model.check_own(out, expected);
  });
}

TEST_CASE("sweeps in place converge to the plain solution, in either order") {
  for_each_model([](Sharded& model) {
    auto const solution = plain::solve(model.rows, model.discount, model.best(), 1e-12);
    for (auto const order : {Operator::Order::ascending, Operator::Order::descending}) {
      auto const values = model.local(std::vector<double>(solution.value.size(), 0.0));
      double largest = 1;
      for (int sweep = 0; sweep < 1000 && largest > 1e-14; ++sweep) {
        largest = max_over_ranks(MPI_COMM_WORLD, model.op->sweep_in_place(values, order, 1.0).largest());
      }
      auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), values);
      for (auto s = model.op->own().begin; s < model.op->own().end; ++s) {
        CHECK(host(model.op->own_first() + s - model.op->own().begin) == Approx(solution.value[s]).epsilon(1e-11).margin(1e-11));
      }
    }
  });
}

TEST_CASE("verifying sweeps accept bounds and find each state where one fails") {
  for_each_model([](Sharded& model) {
    auto const value = plain::solve(model.rows, model.discount, model.best(), 1e-12).value;
    auto const verify = [&](std::vector<double> const& lower, std::vector<double> const& upper) {
      return mdp::Operator::Violations{model.op->verify(model.local(lower), {}, 0, 0).lower, model.op->verify(model.local(upper), {}, 0, 0).upper};
    };
    auto lower = value, upper = value;
    for (auto& v : lower) v -= 1e-8;
    for (auto& v : upper) v += 1e-8;

    auto const good = verify(lower, upper);
    CHECK(good.lower == 0);
    CHECK(good.upper == 0);
    auto const shifted = model.op->verify(model.local(value), {}, -1e-8, 1e-8);
    CHECK(shifted.lower == 0);
    CHECK(shifted.upper == 0);

    lower.back() += 1;
    upper.front() -= 1;
    auto const bad = verify(lower, upper);
    CHECK(sum_over_ranks(MPI_COMM_WORLD, bad.lower) >= 1);
    CHECK(sum_over_ranks(MPI_COMM_WORLD, bad.upper) >= 1);
    CHECK((bad.lower > 0) == model.op->own().contains(model.rows.states - 1));
    std::vector<double> const infinite(value.size(), INFINITY), minus(value.size(), -INFINITY);
    auto const unbounded = verify(minus, infinite);
    CHECK(unbounded.lower == 0);
    CHECK(unbounded.upper == 0);
  });
}

TEST_CASE("the change with its rounding encloses the plain one, closely") {
  for_each_model([](Sharded& model) {
    auto const start = uneven_values(model.rows.states);
    auto const next = plain::backup(model.rows, start, model.discount, model.best()).value;
    double low = INFINITY, high = -INFINITY;
    for (auto s = model.op->own().begin; s < model.op->own().end; ++s) {
      low = std::min(low, next[s] - start[s]);
      high = std::max(high, next[s] - start[s]);
    }

    auto const change = model.op->enclosing_change(model.local(start));

    if (model.op->own().empty()) return;
    CHECK(change.lowest < low);
    CHECK(change.highest > high);
    CHECK(change.lowest > low - 1e-11);
    CHECK(change.highest < high + 1e-11);
  });
}

TEST_CASE("steps are counted along the most expected ones of near-optimal actions") {
  for_each_model([](Sharded& model) {
    auto const start = uneven_values(model.rows.states);
    std::vector<double> steps;
    for (std::size_t s = 0; s < start.size(); ++s) steps.push_back(1 + static_cast<double>(s % 5));
    double const margin = 3;
    auto const best = plain::backup(model.rows, start, model.discount, model.best()).value;
    std::vector<double> expected;
    for (std::int64_t s = 0; s < model.rows.states; ++s) {
      double most = -1;
      for (auto pair = model.rows.action_offset[s]; pair < model.rows.action_offset[s + 1]; ++pair) {
        if (std::abs(plain::q_of(model.rows, pair, start, model.discount) - best[s]) > margin) continue;
        most = std::max(most, plain::q_of(model.rows, pair, steps, model.discount) - model.rows.reward[pair]);
      }
      expected.push_back(1 + most);
    }
    auto const in = model.local(steps), out = model.local(steps);

    model.op->count_steps(model.local(start), margin, in, out, model.actions(std::vector<int>(start.size(), -1)));

    model.check_own(out, expected);
  });
}

TEST_CASE("a sweep's cost counts what is there") {
  Sharded model("garnet", "states = 60\nactions = 3\nbranching = 6", Objective::max, true);
  auto const cost = model.op->cost();
  CHECK(cost.states == static_cast<double>(model.op->own().size()));
  CHECK(cost.transitions == cost.states * 18);
  CHECK(cost.bytes_received == 8 * (60 - cost.states));
}
