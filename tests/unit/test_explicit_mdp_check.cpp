#include <catch2/catch.hpp>
#include <functional>
#include <limits>

#include "io/mdp/check.hpp"
#include "tests/unit/sample_job.hpp"
#include "tests/unit/small_mdp.hpp"

using namespace bellshard;
using io::ExplicitMdp;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// What is said of the small model after one change.
std::string said(std::function<void(ExplicitMdp&)> const& change, ExplicitMdp mdp = small_mdp()) {
  change(mdp);
  return refusal([&] { io::check(mdp, "m.h5"); });
}

}  // namespace

TEST_CASE("whole models pass") {
  CHECK_NOTHROW(io::check(small_mdp(), "m.h5"));
  CHECK_NOTHROW(io::check(small_interval_mdp(), "m.h5"));
}

TEST_CASE("probabilities sum to 1 within the tolerance") {
  auto mdp = small_mdp();
  mdp.probability[0] += 1e-7;

  CHECK_NOTHROW(io::check(mdp, "m.h5", 1e-6));
  CHECK_THAT(refusal([&] { io::check(mdp, "m.h5"); }), Catch::StartsWith("4 m.h5: probability sums to 1.0000001"));
}

TEST_CASE("broken models are refused with field and index") {
  struct Case {
    char const* says;
    std::function<void(ExplicitMdp&)> change;
  };
  auto const [says, change] = GENERATE(values<Case>({
      {"has no states", [](auto& m) { m.action_offset = {0}; }},
      {"action_offset[0] = 1", [](auto& m) { m.action_offset[0] = 1; }},
      {"action_offset[2] = 1 falls below 2", [](auto& m) { m.action_offset[2] = 1; }},
      {"state 1 has no action", [](auto& m) { m.action_offset[2] = 2; }},
      {"action_offset[3] = 5, but there are 4 actions", [](auto& m) { m.action_offset[3] = 5; }},
      {"pair 1 has no transition", [](auto& m) { m.transition_offset[2] = 2; }},
      {"transition_offset[3] = 1 falls below 3", [](auto& m) { m.transition_offset[3] = 1; }},
      {"next_state[3] = 3 (must lie in [0, 3))", [](auto& m) { m.next_state[3] = 3; }},
      {"next_state[0] = -1", [](auto& m) { m.next_state[0] = -1; }},
      {"probability has 4 items, but there are 5", [](auto& m) { m.probability.pop_back(); }},
      {"probability[1] = -0.25", [](auto& m) { m.probability = {1.25, -0.25, 1, 1, 1}; m.probability[0] = 1; }},
      {"probability[2] = nan", [](auto& m) { m.probability[2] = not_a_number; }},
      {"pair 2 of state 1 (transitions 3 to 3)", [](auto& m) { m.probability[3] = 0.5; }},
      {"reward steps[1] = nan", [](auto& m) { m.rewards[0].value[1] = not_a_number; }},
      {"reward cost[3] = inf", [](auto& m) { m.rewards[1].value[3] = 1 / 0.0; }},
      {"reward \"cost\" has 3 items, but there are 4", [](auto& m) { m.rewards[1].value.pop_back(); }},
      {"two rewards \"cost\"", [](auto& m) { m.rewards[0].name = "cost"; }},
      {"one of several rewards has no name", [](auto& m) { m.rewards[0].name = ""; }},
      {"label goal[1] = 2", [](auto& m) { m.labels[0].value[1] = 2; }},
      {"label \"goal\" has 4 items", [](auto& m) { m.labels[0].value.push_back(0); }},
      {"coordinate \"x\" has 2 items", [](auto& m) { m.coordinates[1].value.pop_back(); }},
      {"state_name has 2 items", [](auto& m) { m.state_name.pop_back(); }},
      {"action_name_index has 3 items", [](auto& m) { m.action_name_index.pop_back(); }},
      {"action_name_index[0] = 2", [](auto& m) { m.action_name_index[0] = 2; }},
  }));

  CHECK_THAT(said(change), Catch::StartsWith("4 m.h5: ") && Catch::Contains(says));
}

TEST_CASE("broken intervals are refused") {
  auto const broken = [](std::size_t at, double lower, double upper) {
    return said(
        [&](ExplicitMdp& m) {
          m.probability[at] = lower;
          m.probability_upper[at] = upper;
        },
        small_interval_mdp());
  };

  CHECK_THAT(broken(1, 0.5, 0.4), Catch::Contains("probability[1] to probability_upper[1] is [0.5, 0.4]"));
  CHECK_THAT(broken(1, -0.1, 1), Catch::Contains("[-0.1, 1]"));
  CHECK_THAT(broken(1, 0.5, 1.5), Catch::Contains("[0.5, 1.5]"));
  CHECK_THAT(broken(1, not_a_number, 1), Catch::Contains("[nan, 1]"));
  CHECK_THAT(broken(1, 0.8, 1), Catch::Contains("pair 0 of state 0 sum to [1.05"));
  CHECK_THAT(broken(1, 0.1, 0.2), Catch::Contains("does not hold 1"));
}
