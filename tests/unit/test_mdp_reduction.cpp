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
