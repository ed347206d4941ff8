#include <catch2/catch.hpp>
#include <algorithm>
#include <cmath>
#include <vector>

#include "src/base/error.hpp"
#include "src/mdp/reduction.hpp"
#include "tests/reference/small_mdp.hpp"

using namespace bellshard;
using namespace bellshard::mdp;
using reference::SmallMdp;

namespace {

/// Nature's worst expectation: the rest goes to the next states in the order that the objective likes least.
double worst_expectation(Rows const& rows, std::int64_t pair, std::vector<double> const& value, Objective objective) {
  std::vector<std::int64_t> order;
  double rest = 1;
  double sum = 0;
  for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
    order.push_back(t);
    rest -= rows.probability[t];
    sum += rows.probability[t] * value[rows.next_state[t]];
  }
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return dp::better(objective, value[rows.next_state[b]], value[rows.next_state[a]]);
  });
  for (auto t : order) {
    double const share = std::min(rest, rows.probability_upper[t] - rows.probability[t]);
    sum += share * value[rows.next_state[t]];
    rest -= share;
  }
  return sum;
}

/// Plain robust value iteration on reduced rows.
std::vector<double> solve(Rows const& rows, Objective objective, double discount, double start) {
  std::vector<double> value(rows.own.size(), start);
  double change = 1;
  for (int sweep = 0; sweep < 200000 && change > 1e-14; ++sweep) {
    change = 0;
    for (std::size_t s = 0; s < value.size(); ++s) {
      double best = dp::worst(objective);
      for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
        double const q = rows.reward[pair] + discount * worst_expectation(rows, pair, value, objective);
        if (dp::better(objective, q, best)) best = q;
      }
      change = std::max(change, std::fabs(best - value[s]));
      value[s] = best;
    }
  }
  CHECK(change <= 1e-14);
  return value;
}

void check_model(SmallMdp const& mdp, Criterion const& criterion) {
  auto const evaluate = [&](reference::SmallChain const& chain) {
    return criterion.kind == CriterionKind::reachability ? chain.reachability(criterion.discount)
                                                         : chain.total_reward(criterion.discount);
  };
  auto const best = reference::best_against_nature(mdp, criterion.objective == Objective::max, evaluate);
  auto const states = Partition::equal(mdp.states(), 1);

  auto const reduction =
      reduce(MPI_COMM_SELF, states, reference::rows_of(mdp, {0, mdp.states()}), mdp.target, mdp.allowed, criterion);

  for (double start : {0.0, 1000.0}) {
    auto const reduced = solve(reduction.rows, criterion.objective, criterion.discount, start);
    auto const value = lift_values(MPI_COMM_SELF, states, reduction, reduced);
    for (std::size_t s = 0; s < value.size(); ++s) {
      INFO("state " << s);
      CHECK(std::isinf(value[s]) == std::isinf(best[s]));
      if (!std::isinf(best[s])) CHECK(value[s] == Approx(static_cast<double>(best[s])).epsilon(1e-9).margin(1e-9));
    }
  }
}

}  // namespace

TEST_CASE("interval models: 150 random ones have the value that trying all policies against all of nature finds") {
  auto const kind = GENERATE(CriterionKind::reachability, CriterionKind::total_reward);
  auto const objective = GENERATE(Objective::min, Objective::max);
  auto const discount = GENERATE(1.0, 0.75);
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    INFO("seed " << seed);
    check_model(reference::widened(reference::random_mdp(seed, reference::Rewards::not_negative, 4)),
                {kind, objective, discount, 0, 0});
  }
}

TEST_CASE("an interval that begins at 0 is refused with its state, but for a discounted criterion") {
  SmallMdp const mdp{{{{1, {{1, 1.0}}, {1.0}}}, {{1, {{1, 0.0}, {2, 0.5}}, {0.5, 1.0}}}, {{0, {{2, 1.0}}, {1.0}}}},
                     {0, 0, 1},
                     {1, 1, 1}};
  auto const rows = reference::rows_of(mdp, {0, 3});
  auto const states = Partition::equal(3, 1);

  CHECK_NOTHROW(reduce(MPI_COMM_SELF, states, rows, mdp.target, mdp.allowed, {CriterionKind::total_reward, Objective::min, 0.9, 0, 0}));
  try {
    reduce(MPI_COMM_SELF, states, rows, mdp.target, mdp.allowed, {CriterionKind::reachability, Objective::max, 1, 0, 0});
    FAIL("accepted");
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::bad_input);
    CHECK(std::string(error.what()).find("state 1:") == 0);
  }
}

TEST_CASE("intervals of states that become one are summed; decided states become ends that pay their value") {
  // 1 and 2 go round, 1 may leave to the target 3 or the sink 4
  SmallMdp const mdp{{{{0, {{1, 0.25}, {2, 0.125}, {3, 0.25}}, {0.5, 0.25, 0.5}}},
                      {{0, {{2, 1.0}}, {1.0}}, {0, {{3, 0.25}, {4, 0.25}}, {0.75, 0.75}}},
                      {{0, {{1, 1.0}}, {1.0}}},
                      {{0, {{3, 1.0}}, {1.0}}},
                      {{0, {{4, 1.0}}, {1.0}}}},
                     {0, 0, 0, 1, 0},
                     {1, 1, 1, 1, 1}};

  auto const reduction = reduce(MPI_COMM_SELF, Partition::equal(5, 1), reference::rows_of(mdp, {0, 5}), mdp.target, mdp.allowed,
                                {CriterionKind::reachability, Objective::max, 1, 0, 0});

  CHECK(reduction.image == std::vector<std::int64_t>{0, 1, 1, -1, -1});
  CHECK(reduction.rows.next_state == std::vector<std::int64_t>{1, 3, 2, 3});
  CHECK(reduction.rows.probability == std::vector<double>{0.375, 0.25, 0.25, 0.25});
  CHECK(reduction.rows.probability_upper == std::vector<double>{0.75, 0.5, 0.75, 0.75});
  CHECK(reduction.rows.reward == std::vector<double>{0, 0, 0, 1});
  CHECK(reduction.pair_state == std::vector<std::int64_t>{0, 1, -1, -1});
}
