#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "tests/mpi/sparse_fixture.hpp"

using namespace sparse_fixture;
using mdp::StorageChoice;
using reference::DenseMdp;
using reference::random_mdp;

namespace {

/// A model whose probabilities are few and whose next states follow each other: every storage holds it.
DenseMdp uniform_runs(bool maximise) {
  auto model = random_mdp({.states = 210, .most_actions = 4, .most_transitions = 75, .reach = 60, .contiguous = true}, 11, 0.97, maximise);
  for (auto& actions : model.actions) {
    for (auto& action : actions) {
      auto const count = std::count_if(action.probability.begin(), action.probability.end(), [](double p) { return p > 0; });
      for (double& p : action.probability) p = p > 0 ? 1.0 / static_cast<double>(count) : 0;
    }
  }
  return model;
}

/// All that an operator answers, of the own states.
struct Answers {
  std::vector<double> backup, evaluation, steps, in_place;
  std::vector<std::int32_t> action;
  double lowest, highest;
  std::int64_t lower_violations, upper_violations;
  friend bool operator==(Answers const&, Answers const&) = default;
};

Answers ask(DenseMdp const& model, StorageChoice storage) {
  Sharded const sharded(MPI_COMM_WORLD, uneven(static_cast<std::int64_t>(model.states())), model, storage);
  auto const v = some_values(model.states());
  auto const out = sharded.nothing(), both = sharded.nothing(), steps = sharded.nothing(), in_place = sharded.values(v);
  auto const action = sharded.actions(std::vector<std::int32_t>(model.states(), -1));
  sharded.op->evaluate(sharded.actions(some_policy(model)), sharded.values(v), both);
  sharded.op->count_steps(sharded.values(v), 1.0, sharded.values(v), steps, action);
  sharded.op->backup(sharded.values(v), out, action);
  sharded.op->sweep_in_place(in_place, mdp::Operator::Order::descending, 1.0);
  auto const change = sharded.op->enclosing_change(sharded.values(v));
  auto const violations = sharded.op->verify(sharded.values(v), out, -0.25, 0.5);
  return {sharded.own(out), sharded.own(both), sharded.own(steps), sharded.own(in_place), sharded.own(action), change.lowest,
          change.highest, violations.lower, violations.upper};
}

/// What a policy's rows say of `v`, held together or read where they lie: rewards, expectation and evaluation, own states.
std::vector<std::vector<double>> policy_parts(Sharded const& sharded, std::vector<double> const& v, std::vector<std::int32_t> const& policy, bool hold) {
  auto const action = sharded.actions(policy);
  auto const rewards = sharded.nothing(), expectation = sharded.nothing(), both = sharded.nothing();
  auto const ask = [&] {
    sharded.op->rewards(action, rewards);
    sharded.op->expect(action, sharded.values(v), expectation);
    sharded.op->evaluate(action, sharded.values(v), both);
  };
  if (hold) {
    mdp::HeldPolicy const held(*sharded.op, action);
    ask();
  } else {
    ask();
  }
  return {sharded.own(rewards), sharded.own(expectation), sharded.own(both)};
}

std::string storage_of(DenseMdp const& model, StorageChoice storage = StorageChoice::automatic) {
  return Sharded(MPI_COMM_WORLD, uneven(static_cast<std::int64_t>(model.states())), model, storage).op->storage();
}

}  // namespace

TEST_CASE("all storages give the same bits, and those are the oracle's values") {
  auto model = uniform_runs(GENERATE(true, false));
  for (auto& actions : model.actions) {
    for (auto& action : actions) {
      for (double& p : action.probability) p = static_cast<double>(static_cast<float>(p));
    }
  }
  auto const expected = ask(model, StorageChoice::indexed);

  for (auto const storage : {StorageChoice::automatic, StorageChoice::indexed_single, StorageChoice::indexed_table, StorageChoice::near,
                             StorageChoice::near_single, StorageChoice::near_table, StorageChoice::runs, StorageChoice::runs_single,
                             StorageChoice::runs_table}) {
    INFO(storage_of(model, storage));
    CHECK(ask(model, storage) == expected);
  }
  auto const own = uneven(static_cast<std::int64_t>(model.states())).block(rank_of_this());
  auto const oracle = model.backup(some_values(model.states()));
  for (auto s = own.begin; s < own.end; ++s) CHECK(expected.backup[s - own.begin] == Approx(oracle[s]).epsilon(1e-13).margin(1e-12));
}

TEST_CASE("a policy that is held gives the same bits from rows laid together, and nothing is left of the one before") {
  auto const model = uniform_runs(true);
  auto const v = some_values(model.states());
  std::vector<std::int32_t> const first(model.states(), 0), second = some_policy(model);

  for (auto const storage : {StorageChoice::indexed, StorageChoice::indexed_table, StorageChoice::near, StorageChoice::near_table,
                             StorageChoice::runs, StorageChoice::runs_table}) {
    Sharded const sharded(MPI_COMM_WORLD, uneven(static_cast<std::int64_t>(model.states())), model, storage);
    INFO(sharded.op->storage());
    for (auto const& policy : {first, second, first}) CHECK(policy_parts(sharded, v, policy, true) == policy_parts(sharded, v, policy, false));
  }
}

TEST_CASE("the smallest storage that a model allows is chosen") {
  auto const few = random_mdp({.states = 90, .most_transitions = 6, .reach = 9, .distinct = 64}, 12, 0.9, true);
  auto many = random_mdp({.states = 120, .most_transitions = 9}, 13, 0.9, true);

  CHECK(storage_of(uniform_runs(true)) == "runs and a table of probabilities, 1 bytes a transition");
  CHECK(storage_of(few) == "int16 distances and a table of probabilities, 3 bytes a transition");
  auto single = many;
  for (auto& actions : single.actions) {
    for (auto& action : actions) {
      for (double& p : action.probability) p = static_cast<double>(static_cast<float>(p));
    }
  }

  CHECK(storage_of(single) == "int16 distances and float32 probabilities, 6 bytes a transition");
  CHECK(storage_of(many) == "int16 distances and float64 probabilities, 10 bytes a transition");
}

TEST_CASE("next states far away need all 32 bits") {
  // 40000 states in a ring: the last one leads to the first.
  std::int64_t const states = 40000;
  auto const axis = Partition::of_sizes([&] {
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(all_ranks()), 0);
    sizes.back() = states;
    return sizes;
  }());
  mdp::Rows rows;
  rows.own = axis.block(rank_of_this());
  rows.states = states;
  for (auto s = rows.own.begin; s < rows.own.end; ++s) {
    rows.next_state.push_back((s + 1) % states);
    rows.probability.push_back(1);
    rows.reward.push_back(static_cast<double>(s));
    rows.transition_offset.push_back(rows.transitions());
    rows.action_offset.push_back(rows.pairs());
  }

  auto copy = rows;
  CHECK_THROWS_AS(mdp::make_sparse_operator(MPI_COMM_WORLD, axis, std::move(copy), mdp::Objective::max, 0.5, StorageChoice::near), Error);
  for (auto& p : rows.probability) p = 1;
  auto const op = mdp::make_sparse_operator(MPI_COMM_WORLD, axis, std::move(rows), mdp::Objective::max, 0.5, StorageChoice::indexed_table);

  Array<double> const in("test::in", op->local_items()), out("test::out", op->local_items());
  auto const host = Kokkos::create_mirror_view(in);
  for (std::int64_t i = 0; i < op->local_items(); ++i) host(i) = static_cast<double>(2 * i);
  Kokkos::deep_copy(in, host);
  op->backup(in, out);
  Kokkos::deep_copy(host, out);
  for (std::int64_t s = 0; s < op->own().size(); ++s) REQUIRE(host(s) == static_cast<double>(s + (s + 1) % states));
}

TEST_CASE("a storage that does not fit is refused with the reason") {
  auto const model = random_mdp({.states = 200, .most_transitions = 20}, 14, 0.9, true);

  CHECK_THROWS_WITH(storage_of(model, StorageChoice::runs), Catch::Contains("follow each other"));
  CHECK_THROWS_WITH(storage_of(model, StorageChoice::near_table), Catch::Contains("more than 256 distinct probabilities"));
  CHECK_THROWS_WITH(storage_of(model, StorageChoice::near_single), Catch::Contains("no float32"));
}
