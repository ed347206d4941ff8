#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "src/base/error.hpp"
#include "src/mdp/reduction.hpp"
#include "tests/reference/small_mdp.hpp"

using namespace bellshard;
using namespace bellshard::mdp;
using reference::SmallMdp;

namespace {

struct Solved {
  std::vector<double> value;         // [reduced state]
  std::vector<std::int32_t> action;  // [reduced state]
};

/// Plain value iteration on reduced rows.
Solved solve(Rows const& rows, Objective objective, double discount, double start) {
  auto const n = static_cast<std::size_t>(rows.own.size());
  Solved solved{std::vector<double>(n, start), std::vector<std::int32_t>(n, -1)};
  double change = 1;
  for (int sweep = 0; sweep < 200000 && change > 1e-14; ++sweep) {
    change = 0;
    for (std::size_t s = 0; s < n; ++s) {
      double best = dp::worst(objective);
      for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
        double q = rows.reward[pair];
        for (auto k = rows.transition_offset[pair]; k < rows.transition_offset[pair + 1]; ++k) {
          q += discount * rows.probability[k] * solved.value[rows.next_state[k]];
        }
        if (dp::better(objective, q, best)) {
          best = q;
          solved.action[s] = static_cast<std::int32_t>(pair - rows.action_offset[s]);
        }
      }
      change = std::max(change, std::fabs(best - solved.value[s]));
      solved.value[s] = best;
    }
  }
  CHECK(change <= 1e-14);
  return solved;
}

void check_equal(std::vector<double> const& got, reference::Values const& expected) {
  REQUIRE(got.size() == expected.size());
  for (std::size_t s = 0; s < got.size(); ++s) {
    INFO("state " << s);
    if (std::isinf(expected[s])) {
      CHECK(std::isinf(got[s]));
    } else {
      CHECK(got[s] == Approx(static_cast<double>(expected[s])).epsilon(1e-9).margin(1e-9));
    }
  }
}

reference::Values evaluate(SmallMdp const& mdp, std::vector<std::int32_t> const& policy, Criterion const& criterion) {
  std::vector<int> actions(policy.begin(), policy.end());
  for (int s = 0; s < mdp.states(); ++s) {
    REQUIRE(actions[s] >= 0);
    REQUIRE(actions[s] < static_cast<int>(mdp.actions[s].size()));
  }
  reference::SmallChain const chain(mdp, actions);
  return criterion.kind == CriterionKind::reachability ? chain.reachability(criterion.discount)
                                                       : chain.total_reward(criterion.discount);
}

/// Reduced, solved from below and from above, and lifted, values and policy are the best that any policy gives.
void check_model(SmallMdp const& mdp, Criterion const& criterion) {
  auto const rows = reference::rows_of(mdp, {0, mdp.states()});
  auto const states = Partition::equal(mdp.states(), 1);
  auto const best = reference::best_of_all(mdp, criterion.objective == Objective::max, [&](reference::SmallChain const& chain) {
    return criterion.kind == CriterionKind::reachability ? chain.reachability(criterion.discount)
                                                         : chain.total_reward(criterion.discount);
  });

  auto const reduction = reduce(MPI_COMM_SELF, states, rows, mdp.target, mdp.allowed, criterion);
  auto const solved = solve(reduction.rows, criterion.objective, criterion.discount, 0);
  auto const from_above = solve(reduction.rows, criterion.objective, criterion.discount, 1000);
  auto const values = lift_values(MPI_COMM_SELF, states, reduction, solved.value);
  auto const policy = lift_policy(MPI_COMM_SELF, states, rows, reduction, solved.action);

  check_equal(values, best);
  check_equal(lift_values(MPI_COMM_SELF, states, reduction, from_above.value), best);
  std::vector<double> own_value;
  for (auto v : evaluate(mdp, policy, criterion)) own_value.push_back(static_cast<double>(v));
  check_equal(own_value, best);
}

void check_models(reference::Rewards rewards, Criterion const& criterion) {
  for (std::uint64_t seed = 0; seed < 700; ++seed) {
    INFO("seed " << seed);
    check_model(reference::random_mdp(seed, rewards), criterion);
  }
}

}  // namespace

TEST_CASE("reachability: 700 random models have the value and a policy that trying all policies finds") {
  auto const objective = GENERATE(Objective::min, Objective::max);
  auto const discount = GENERATE(1.0, 0.75);
  check_models(reference::Rewards::not_negative, {CriterionKind::reachability, objective, discount, 0, 0});
}

TEST_CASE("total reward: 700 random models have the value and a policy that trying all policies finds") {
  auto const discount = GENERATE(1.0, 0.75);
  check_models(reference::Rewards::not_negative, {CriterionKind::total_reward, Objective::min, discount, 0, 0});
  check_models(reference::Rewards::not_negative, {CriterionKind::total_reward, Objective::max, discount, 0, 0});
  check_models(reference::Rewards::any_sign, {CriterionKind::total_reward, Objective::max, discount, 0, 0});
}

namespace {

Reduction reduce_whole(SmallMdp const& mdp, Criterion const& criterion) {
  return reduce(MPI_COMM_SELF, Partition::equal(mdp.states(), 1), reference::rows_of(mdp, {0, mdp.states()}), mdp.target, mdp.allowed,
                criterion);
}

/// States 0 and 1 go round without reward; 1 may leave to the target with 1/2, to the sink with 1/2.
///
///     0 <--> 1 --> {2: target, 3: sink}
SmallMdp loop_with_exit() {
  return {{{{0, {{1, 1.0}}}}, {{0, {{0, 1.0}}}, {2, {{2, 0.5}, {3, 0.5}}}}, {{0, {{2, 1.0}}}}, {{0, {{3, 1.0}}}}},
          {0, 0, 1, 0},
          {1, 1, 1, 1}};
}

}  // namespace

TEST_CASE("a component becomes one state, and its policy leaves although staying ties") {
  auto const mdp = loop_with_exit();

  auto const reduction = reduce_whole(mdp, {CriterionKind::reachability, Objective::max, 1, 0, 0});

  CHECK(reduction.components == 1);
  CHECK(reduction.image == std::vector<std::int64_t>{0, 0, -1, -1});
  CHECK(reduction.rows.reward == std::vector<double>{0.5});
  CHECK(reduction.rows.next_state.empty());
  CHECK(reduction.pair_state == std::vector<std::int64_t>{1});
  auto const policy = lift_policy(MPI_COMM_SELF, Partition::equal(4, 1), reference::rows_of(mdp, {0, 4}), reduction,
                                  std::vector<std::int32_t>{0});
  CHECK(policy == std::vector<std::int32_t>{0, 1, 0, 0});
}

TEST_CASE("total reward is infinite where the target may be missed, for the worst policy or for each") {
  auto const mdp = loop_with_exit();
  for (auto objective : {Objective::min, Objective::max}) {
    auto const reduction = reduce_whole(mdp, {CriterionKind::total_reward, objective, 1, 0, 0});

    CHECK(reduction.states.size() == 0);
    CHECK(reduction.decided[0] == std::numeric_limits<double>::infinity());
    CHECK(reduction.decided[2] == 0);
    CHECK(reduction.decided[3] == std::numeric_limits<double>::infinity());
  }
}

TEST_CASE("a self-loop is divided out, however near to 1 it is") {
  // 0 stays with 1 - 2^-40, else meets the target: one step costs 1, so 2^40 are expected.
  double const leave = std::ldexp(1.0, -40);
  SmallMdp const mdp{{{{1, {{0, 1 - leave}, {1, leave}}}}, {{0, {{1, 1.0}}}}}, {0, 1}, {1, 1}};

  auto const undiscounted = reduce_whole(mdp, {CriterionKind::total_reward, Objective::min, 1, 0, 0});
  auto const discounted = reduce_whole(mdp, {CriterionKind::total_reward, Objective::min, 0.5, 0, 0});

  CHECK(undiscounted.rows.reward == std::vector<double>{std::ldexp(1.0, 40)});
  CHECK(undiscounted.rows.next_state.empty());
  CHECK(discounted.rows.reward.front() == 1 / (1 - 0.5 * (1 - leave)));
}

TEST_CASE("a transition of probability 0 is none") {
  SmallMdp const mdp{{{{0, {{1, 0.0}, {2, 1.0}}}}, {{0, {{1, 1.0}}}}, {{0, {{2, 1.0}}}}}, {0, 1, 0}, {1, 1, 1}};

  auto const reduction = reduce_whole(mdp, {CriterionKind::reachability, Objective::max, 1, 0, 0});

  CHECK(reduction.decided == std::vector<double>{0, 1, 0});
}

TEST_CASE("negative rewards: fine on the way, refused with their state in a component outside the target") {
  // 0 -> 1, which may wait at a price or a gain, or meet the target
  auto const with_wait = [](double reward) {
    return SmallMdp{{{{-3, {{1, 1.0}}}}, {{reward, {{1, 1.0}}}, {-1, {{2, 1.0}}}}, {{0, {{2, 1.0}}}}}, {0, 0, 1}, {1, 1, 1}};
  };
  Criterion const least{CriterionKind::total_reward, Objective::min, 1, 0, 0};

  auto const reduction = reduce_whole(with_wait(2), least);
  CHECK(reduction.rows.reward == std::vector<double>{-3, -1});
  CHECK(reduction.pair_action == std::vector<std::int32_t>{0, 1});

  try {
    reduce_whole(with_wait(-2), least);
    FAIL("accepted");
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::bad_input);
    CHECK(std::string(error.what()).find("state 1:") == 0);
  }
}

TEST_CASE("components for average reward: ways out, and one that stays for the gain") {
  auto const mdp = loop_with_exit();
  auto const rows = reference::rows_of(mdp, {0, 4});
  auto const one = Partition::equal(4, 1);

  auto const components = end_components(MPI_COMM_SELF, one, rows);
  auto const reduction = reduce_to_components(MPI_COMM_SELF, one, rows, components, std::vector<double>{5, 6, 7});

  CHECK(components.component == std::vector<std::int64_t>{0, 0, 1, 2});
  CHECK(components.internal == std::vector<std::uint8_t>{1, 1, 0, 1, 1});
  CHECK(reduction.image == std::vector<std::int64_t>{0, 0, 1, 2});
  CHECK(reduction.rows.reward == std::vector<double>{5, 0, 6, 7});
  CHECK(reduction.pair_state == std::vector<std::int64_t>{-1, 1, -2, -3});
  CHECK(reduction.pair_action == std::vector<std::int32_t>{0, 1, 0, 0});
  auto const leave_first = lift_policy(MPI_COMM_SELF, one, rows, reduction, std::vector<std::int32_t>{1, 0, 0});
  CHECK(leave_first == std::vector<std::int32_t>{0, 1, -1, -1});
}

TEST_CASE("a chain of 100,000 states costs a few walks, not one for each state") {
  // Each state waits without reward or goes on; the wait alone would keep it for ever.
  int const states = 100000;
  SmallMdp mdp;
  for (int s = 0; s < states; ++s) {
    mdp.actions.push_back({{0, {{s, 1.0}}}, {1, {{std::max(s - 1, 0), 0.5}, {s, 0.5}}}});
    mdp.target.push_back(s == 0);
    mdp.allowed.push_back(1);
  }

  auto const probability = reduce_whole(mdp, {CriterionKind::reachability, Objective::max, 1, 0, 0});
  auto const reward = reduce_whole(mdp, {CriterionKind::total_reward, Objective::min, 1, 0, 0});

  CHECK(probability.states.size() == 0);
  CHECK(probability.decided_action.back() == 1);
  CHECK(reward.components == states - 1);
  CHECK(reward.rows.reward == std::vector<double>(states - 1, 2));
}

TEST_CASE("a chain whose states lose their way one after the other is not walked again for each") {
  // Each state waits, or goes on with 1/2 and succeeds with 1/2; the last one leads into the sink.
  int const states = 100000;
  SmallMdp mdp;
  for (int s = 0; s < states; ++s) {
    mdp.actions.push_back({{0, {{s, 1.0}}}, {0, {{std::max(s - 1, 0), 0.5}, {states, 0.5}}}});
  }
  mdp.actions.front() = {{0, {{0, 1.0}}}};
  mdp.actions.push_back({{0, {{states, 1.0}}}});
  mdp.target.assign(states + 1, 0);
  mdp.target.back() = 1;
  mdp.allowed.assign(states + 1, 1);

  auto const reduction = reduce_whole(mdp, {CriterionKind::reachability, Objective::max, 1, 0, 0});

  CHECK(reduction.states.size() == states - 1);
  CHECK(reduction.components == states - 1);
}
