#include <mpi.h>

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "src/mdp/models/additive.hpp"
#include "tests/unit/generated_rows.hpp"

using namespace bellshard;
using namespace bellshard::mdp;

namespace {

/// Every kind of generator, small.
std::map<std::string, std::string> const small_models = {
    {"additive", "factors = 3\nlevels = 4"},
    {"cliff", "rows = 4\ncolumns = 6"},
    {"double_integrator", "positions = 7\nspeeds = 5\nactions = 3"},
    {"forest", "states = 9"},
    {"garnet", "states = 40\nactions = 3\nbranching = 7\nseed = 5"},
    {"grid", "rows = 5\ncolumns = 7"},
    {"growth", "capital_points = 12"},
    {"infectious_disease", "population = 60\noutcomes = 20"},
    {"inventory", "capacity = 9\ndemand_mean = 3.5"},
    {"pendulum", "angles = 9\nspeeds = 8\nactions = 3"},
    {"perishable", "life = 2\nlead_time = 2\nmax_order = 3"},
    {"ring", "states = 11\ngoal = 4"},
    {"river_swim", "states = 6"},
    {"two_bets", "prize = 7"},
};

}  // namespace

TEST_CASE("every generator is among the kinds, and here") {
  std::set<std::string> names;
  for (auto const& [name, entry] : model_registry()) names.insert(name);

  names.erase("file");
  for (auto const& [name, keys] : small_models) CHECK(names.erase(name) == 1);
  CHECK(names.empty());
}

TEST_CASE("each pair is a probability distribution over ascending next states") {
  for (auto const& [name, keys] : small_models) {
    INFO(name);
    auto const rows = all_rows(*make_source(name, keys));

    CHECK(rows.pairs() == rows.action_offset.back());
    for (std::int64_t s = 0; s < rows.states; ++s) CHECK(rows.action_offset[s + 1] > rows.action_offset[s]);
    for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
      double sum = 0;
      bool ascending = true, positive = true;
      for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
        sum += rows.probability[t];
        positive = positive && rows.probability[t] > 0;
        ascending = ascending && (t == rows.transition_offset[pair] || rows.next_state[t] > rows.next_state[t - 1]);
      }
      CHECK(std::abs(sum - 1) < 1e-12);
      CHECK(ascending);
      CHECK(positive);
      CHECK(std::isfinite(rows.reward[pair]));
    }
  }
}

TEST_CASE("the rows of a state do not depend on the block that asks") {
  for (auto const& [name, keys] : small_models) {
    INFO(name);
    auto const source = make_source(name, keys);
    auto const whole = all_rows(*source);
    auto const states = whole.states;

    for (std::int64_t begin = 0; begin < states; begin += 3) {
      Block const block{begin, std::min(states, begin + 3)};
      auto const part = source->rows(MPI_COMM_WORLD, block, "");
      auto const pair = whole.action_offset[begin];
      auto const first = whole.transition_offset[pair];
      REQUIRE(part.transitions() == whole.transition_offset[whole.action_offset[block.end]] - first);
      CHECK(std::equal(part.next_state.begin(), part.next_state.end(), whole.next_state.begin() + first));
      CHECK(std::equal(part.probability.begin(), part.probability.end(), whole.probability.begin() + first));
      CHECK(std::equal(part.reward.begin(), part.reward.end(), whole.reward.begin() + pair));
    }
  }
}

TEST_CASE("a survey finds what a block needs and what it is made of") {
  Additive const model{3, 5, 0.6, 0.8, 2};

  auto const found = dp::survey_states(Execution(), model, 50, 1, 25);  // machine 0 has wear 2

  CHECK(found.below == 31);  // each machine mends: 25 + 5 + 1
  CHECK(found.above == 31);
  CHECK(found.lowest == 25);
  CHECK(found.highest == 99);
  CHECK(found.most == 8);
  CHECK(found.largest_reward == 2 + 4 + 4 + 2 + 4 + 6);
  CHECK(found.off_one < 1e-15);
}

TEST_CASE("the forest's matrices are those of pymdptoolbox") {
  auto const rows = all_rows(*make_source("forest", ""));

  CHECK(rows.next_state == std::vector<std::int64_t>{0, 1, 0, 0, 2, 0, 0, 2, 0});
  CHECK(rows.probability == std::vector<double>{0.1, 0.9, 1, 0.1, 0.9, 1, 0.1, 0.9, 1});
  CHECK(rows.reward == std::vector<double>{0, 0, 0, 1, 4, 2});
}

TEST_CASE("next states that meet are merged") {
  auto const rows = all_rows(*make_source("ring", "states = 3\ngoal = 0\nmove = 1"));

  CHECK(rows.next_state == std::vector<std::int64_t>{0, 1, 2, 2, 1, 0, 1, 2, 0, 2, 0, 1, 2, 1, 0});
  CHECK(rows.transition_offset == std::vector<std::int64_t>{0, 3, 4, 5, 8, 9, 10, 13, 14, 15});
}

TEST_CASE("a garnet has distinct random successors, other ones for another seed") {
  auto const one = all_rows(*make_source("garnet", "states = 200\nactions = 2\nbranching = 50\nseed = 1"));
  auto const two = all_rows(*make_source("garnet", "states = 200\nactions = 2\nbranching = 50\nseed = 2"));

  CHECK(one.transitions() == 200 * 2 * 50);
  CHECK(one.next_state != two.next_state);
  CHECK(one.reward != two.reward);
  // Each state is a next state about 100 times (deviation 8.7), rewards have mean 1/2, weights mean 1/50.
  std::vector<int> met(200, 0);
  for (auto next : one.next_state) ++met[static_cast<std::size_t>(next)];
  CHECK(*std::min_element(met.begin(), met.end()) > 55);
  CHECK(*std::max_element(met.begin(), met.end()) < 145);
  CHECK(std::accumulate(one.reward.begin(), one.reward.end(), 0.0) / 400 == Approx(0.5).margin(0.06));
  double squares = 0;
  for (double p : one.probability) squares += p * p;
  CHECK(squares / 400 == Approx(2.0 / 51).epsilon(0.03));  // of normalised exponentials
}

TEST_CASE("labels, predicates and coordinates are those of the states") {
  auto const source = make_source("grid", "rows = 3\ncolumns = 4");

  CHECK(source->where(MPI_COMM_WORLD, {0, 12}, "goal") == std::vector<std::uint8_t>{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  CHECK(source->where(MPI_COMM_WORLD, {4, 9}, "row = 1 & column >= 2") == std::vector<std::uint8_t>{0, 0, 1, 1, 0});
  CHECK(source->coordinate(MPI_COMM_WORLD, {6, 9}, "column") == std::vector<double>{2, 3, 0});
  CHECK(source->initial(MPI_COMM_WORLD, {10, 12}) == std::vector<std::uint8_t>{0, 1});
  CHECK_FALSE(source->has_label("gaol"));
  CHECK(source->labels() == std::vector<std::string>{"goal", "init"});
  CHECK(source->label(MPI_COMM_WORLD, {0, 2}, "goal") == std::vector<std::uint8_t>{1, 0});
}

TEST_CASE("actions have names where the model says so") {
  auto const named = make_source("grid", "rows = 3\ncolumns = 4")->action_names(MPI_COMM_WORLD, {4, 9});
  auto const nameless = make_source("garnet", "states = 10")->action_names(MPI_COMM_WORLD, {0, 10});

  CHECK(named.name == std::vector<std::string>{"up", "right", "down", "left"});
  CHECK(named.of(5, 2) == 2);
  CHECK(nameless.name.empty());
}

TEST_CASE("keys that no model can have are refused") {
  CHECK(refusal([] { make_source("garnet", "states = 4\nbranching = 5"); }) ==
        "3 job.toml:4:1: model.branching = 5 (must be at most model.states = 4)");
  CHECK_THAT(refusal([] { make_source("ring", "goal = 50"); }), Catch::Contains("must lie below model.states = 50"));
  CHECK_THAT(refusal([] { make_source("inventory", "demand = [0.5, 0.4]"); }), Catch::Contains("model.demand sums to 0.9 (must be 1)"));
  CHECK_THAT(refusal([] { make_source("inventory", "demand = [0.5, 0.5, 0.0]\ndemand_mean = 3"); }), Catch::Contains("keep one"));
  CHECK_THAT(refusal([] { make_source("additive", "factors = 10\nlevels = 100"); }), Catch::Contains("100^10 states"));
  CHECK_THAT(refusal([] { make_source("forest", "")->rows(MPI_COMM_WORLD, {0, 3}, "cost"); }), Catch::Contains("no reward \"cost\""));
}

TEST_CASE("a model by formula that is no model is refused with the place") {
  RowCollector rows("mine", {10, 12}, 20);
  std::vector<std::int64_t> const next{3, 4};
  rows.begin_state();
  rows.add_pair(0, next, std::vector<double>{0.5, 0.5});
  rows.begin_state();
  rows.add_pair(0, next, std::vector<double>{0.5, 0.5});

  CHECK(refusal([&] { rows.add_pair(0, next, std::vector<double>{0.5, 0.4}); }) ==
        "4 mine: action 1 of state 11 has probabilities that sum to 0.9 (must be 1 within 1e-9); correct the model");
  CHECK_THAT(refusal([&] { rows.add_pair(0, std::vector<std::int64_t>{3, 20}, std::vector<double>{0.5, 0.5}); }),
             Catch::Contains("leads to state 20 (must lie in [0, 20))"));
  CHECK_THAT(refusal([&] { rows.add_pair(0, next, std::vector<double>{1.5, -0.5}); }), Catch::Contains("has the probability 1.5"));
  CHECK_THAT(refusal([&] { rows.add_pair(NAN, next, std::vector<double>{0.5, 0.5}); }), Catch::Contains("has the reward nan"));
}
