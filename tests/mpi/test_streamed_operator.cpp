// Rows that stay where they are read from: the same bits as from memory, by any share of them in memory; what happens when reading fails.
#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <memory>

#include "src/base/error.hpp"
#include "src/mdp/streamed_operator.hpp"
#include "tests/mpi/sparse_fixture.hpp"

using namespace sparse_fixture;
using reference::DenseMdp;
using reference::random_mdp;

namespace {

/// Makes the rows intervals that hold the probabilities.
void widen(mdp::Rows& rows) {
  for (double p : rows.probability) rows.probability_upper.push_back(p == 0 ? 0 : std::min(1.0, p + 0.125));
}

/// The own rows, `states` at a time; `reads` counts.
mdp::RowStream stream_of(DenseMdp const& model, Block own, std::int64_t states, bool interval, std::shared_ptr<int> const& reads) {
  mdp::RowStream stream;
  stream.own = own;
  stream.states = static_cast<std::int64_t>(model.states());
  stream.interval = interval;
  for (auto begin = own.begin; begin < own.end; begin += states) {
    Block const part{begin, std::min(own.end, begin + states)};
    auto const rows = rows_of(model, part);
    stream.parts.push_back({part, {part.size(), rows.pairs(), rows.transitions()}});
  }
  stream.read = [&model, interval, reads](Block part, mdp::RowStream::Look, mdp::Rows& rows) {
    ++*reads;
    rows = rows_of(model, part);
    if (interval) widen(rows);
  };
  return stream;
}

/// The streamed operator, and that of the same rows in memory.
struct Both : Sharded {
  std::shared_ptr<int> reads = std::make_shared<int>(0);
  std::unique_ptr<mdp::Operator> streamed;

  Both(DenseMdp const& model, std::int64_t states_a_part, double memory, bool interval = false)
      : Sharded(MPI_COMM_WORLD, uneven(static_cast<std::int64_t>(model.states())), model, mdp::StorageChoice::indexed) {
    auto const objective = model.maximise ? mdp::Objective::max : mdp::Objective::min;
    auto const own = partition.block(rank_of_this());
    if (interval) {
      auto rows = rows_of(model, own);
      widen(rows);
      op = mdp::make_sparse_operator(MPI_COMM_WORLD, partition, std::move(rows), objective, model.discount);
    }
    streamed = mdp::make_streamed_operator(MPI_COMM_WORLD, partition, stream_of(model, own, states_a_part, interval, reads), objective,
                                           model.discount, memory);
  }
};

/// All that an operator answers on the own states, but for sweeps in place.
struct Answers {
  std::vector<double> backup, greedy, accurate, steps, rewards, expectation, evaluation;
  std::vector<std::int32_t> action, counted;
  double lowest, highest, rounding, off_one;
  std::int64_t below, above;
  bool operator==(Answers const&) const = default;
};

Answers ask(Sharded const& sharded, mdp::Operator& op, DenseMdp const& model) {
  auto const v = some_values(model.states());
  auto const none = std::vector<std::int32_t>(model.states(), -1);
  auto const policy = sharded.actions(some_policy(model));
  auto const out = sharded.nothing(), greedy = sharded.nothing(), accurate = sharded.nothing(), steps = sharded.nothing();
  auto const rewards = sharded.nothing(), expectation = sharded.nothing(), evaluation = sharded.nothing();
  auto const action = sharded.actions(none), counted = sharded.actions(none);

  auto const change = op.backup(sharded.values(v), out);
  op.backup(sharded.values(v), greedy, action);
  op.backup_accurately(sharded.values(v), accurate);
  op.count_steps(sharded.values(v), 3.0, sharded.values(v), steps, counted);
  op.rewards(policy, rewards);  // another policy than the greedy one
  op.expect(policy, sharded.values(v), expectation);
  auto const of_policy = op.evaluate(action, sharded.values(v), evaluation);
  auto const enclosing = op.enclosing_change(sharded.values(v));
  auto const violations = op.verify(sharded.values(v), sharded.values(v), -0.25, 0.5);
  return {sharded.own(out), sharded.own(greedy), sharded.own(accurate), sharded.own(steps), sharded.own(rewards), sharded.own(expectation),
          sharded.own(evaluation), sharded.own(action), sharded.own(counted), change.lowest + enclosing.lowest + of_policy.lowest,
          change.highest + enclosing.highest + of_policy.highest, op.rounding(7), op.off_one(), violations.lower, violations.upper};
}

constexpr double nothing_kept = 0, some_kept = 70e3, all_kept = 1e9;

}  // namespace

TEST_CASE("rows read part by part give the bits of rows in memory") {
  auto const memory = GENERATE(nothing_kept, some_kept, all_kept);
  auto const states_a_part = GENERATE(1, 50);
  bool const interval = GENERATE(false, true);
  for (auto const& model : {random_mdp({.states = 150, .most_actions = 5}, 1, 0.9, true),
                            random_mdp({.states = 200, .most_transitions = 90, .reach = 60}, 2, 0.99, false),
                            random_mdp({.states = 1, .most_actions = 3}, 5, 0.5, true)}) {
    INFO(memory << " bytes, " << states_a_part << " states a part, " << model.states() << " states");
    Both const both(model, states_a_part, memory, interval);

    CHECK(ask(both, *both.streamed, model) == ask(both, *both.op, model));
    CHECK(both.streamed->linear() == !interval);
    CHECK(both.streamed->cost().transitions == both.op->cost().transitions);
  }
}

TEST_CASE("streamed sweeps in place are the oracle's, by number, over-relaxed too") {
  if (Execution().concurrency() > 1) return;  // a block for each thread
  auto const model = random_mdp({.states = 90, .most_actions = 4}, 3, 0.9, true);
  auto const v = some_values(model.states());
  for (auto const order : {mdp::Operator::Order::ascending, mdp::Operator::Order::descending}) {
    for (double const relaxation : {1.0, 1.2}) {
      Both const both(model, 8, some_kept);
      auto const values = both.values(v);
      auto const own = both.op->own();
      auto const expected = model.in_place(v, static_cast<std::size_t>(own.begin), static_cast<std::size_t>(own.end),
                                           order == mdp::Operator::Order::ascending, relaxation);

      both.streamed->sweep_in_place(values, order, relaxation);

      auto const found = both.own(values);
      for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i] == Approx(expected[static_cast<std::size_t>(own.begin) + i]).epsilon(1e-13).margin(1e-12));
    }
  }
}

TEST_CASE("what is kept is not read again: parts, and the rows of the greedy policy") {
  auto const model = random_mdp({.states = 120, .most_actions = 4}, 4, 0.9, true);
  auto const v = some_values(model.states());
  auto const reads_of = [&](double memory, bool policy) {
    Both const both(model, 10, memory);
    auto const action = both.actions(std::vector<std::int32_t>(model.states(), -1));
    both.streamed->backup(both.values(v), both.nothing(), action);
    int const before = *both.reads;
    if (policy) {
      both.streamed->evaluate(action, both.values(v), both.nothing());
      both.streamed->rewards(action, both.nothing());
    } else {
      both.streamed->backup(both.values(v), both.nothing());
    }
    return *both.reads - before;
  };
  auto const own = uneven(120).block(rank_of_this());
  auto const parts = static_cast<int>((own.size() + 9) / 10);

  CHECK(reads_of(nothing_kept, false) == parts);
  CHECK(reads_of(nothing_kept, true) == 2 * parts);
  CHECK(reads_of(all_kept, false) == 0);
  CHECK(reads_of(some_kept, true) == 0);
  if (all_ranks() == 1) {
    CHECK(reads_of(some_kept, false) > 0);
    CHECK(reads_of(some_kept, false) < parts);
  }
}

TEST_CASE("a part that cannot be read, or is another one than before, ends the sweep on all ranks") {
  auto const model = random_mdp({.states = 60}, 6, 0.9, true);
  auto const axis = uneven(60);
  auto const reads = std::make_shared<int>(0);
  auto stream = stream_of(model, axis.block(rank_of_this()), 5, false, reads);
  auto const trouble = std::make_shared<std::string>();
  stream.read = [read = stream.read, trouble](Block part, mdp::RowStream::Look look, mdp::Rows& rows) {
    if (*trouble == "unreadable" && part.begin == 5) fail(ExitCode::bad_input, "m.h5: is gone");
    read(part, look, rows);
    if (*trouble == "changed" && part.begin == 5) rows.next_state[0] = 1'000'000;
  };
  auto const op = mdp::make_streamed_operator(MPI_COMM_WORLD, axis, std::move(stream), mdp::Objective::max, 0.9, nothing_kept);
  Sharded const sharded(MPI_COMM_WORLD, axis, model, mdp::StorageChoice::indexed);
  auto const values = sharded.values(some_values(60));

  *trouble = "unreadable";
  CHECK_THROWS_WITH(op->backup(values, sharded.nothing()), Catch::Contains("is gone"));
  *trouble = "changed";
  CHECK_THROWS_WITH(op->enclosing_change(values), Catch::Contains("changed while it was read"));
  trouble->clear();
  CHECK_NOTHROW(op->backup(values, sharded.nothing()));
}
