#include "foreign_file.hpp"
#include "io/export/drn.hpp"
#include "io/import/drn.hpp"
#include "io/mdp/mdp_file.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;
using Numbers = std::vector<double>;
using Integers = std::vector<std::int64_t>;

namespace {

std::string const small = R"(// Exported by storm
// Original model type: MDP
@type: MDP
@value_type: double
@parameters

@reward_models
time energy 
@nr_states
3
@nr_choices
4
@model
state 0 [1, 0] init "two words"
//[x=0	& !up]
	action go [0, 2.5]
		1 : 0.5
		2 : 1/2
	action __NOLABEL__ [2, 0]
		0 : 1
state 1 [0, 0] goal
//[x=1	& up]
	action go
		1 : 1
state 2
//[x=-2	& up]
	action wait [1, -1]
		0 : 2.5e-1
		2 : .75
)";

io::ExplicitMdp read_model(std::string const& text) {
  ScratchFolder folder;
  write_text(folder / "m.drn", text);
  return io::read_drn(folder / "m.drn");
}

std::string refusal(std::string const& from, std::string const& to) {
  return refusal_of([&] { read_model(with(small, from, to)); });
}

std::string written(io::ExplicitMdp const& mdp) {
  ScratchFolder folder;
  io::write_drn(folder / "m.drn", mdp);
  return read_text(folder / "m.drn");
}

}  // namespace

TEST_CASE("a DRN file is read with rewards, labels, names and valuations") {
  auto const mdp = read_model(small);

  CHECK(mdp.action_offset == Integers{0, 2, 3, 4});
  CHECK(mdp.transition_offset == Integers{0, 2, 3, 4, 6});
  CHECK(mdp.next_state == Integers{1, 2, 0, 1, 0, 2});
  CHECK(mdp.probability == Numbers{0.5, 0.5, 1, 1, 0.25, 0.75});
  CHECK(mdp.probability_upper.empty());
  REQUIRE(mdp.rewards.size() == 2);
  CHECK(mdp.rewards[0].name == "time");
  CHECK(mdp.rewards[0].value == Numbers{1, 3, 0, 1});
  CHECK(mdp.rewards[1].value == Numbers{2.5, 0, 0, -1});
  REQUIRE(mdp.labels.size() == 3);
  CHECK(mdp.labels[0].name == "init");
  CHECK(mdp.labels[1].name == "two words");
  CHECK(mdp.labels[2].value == std::vector<std::uint8_t>{0, 1, 0});
  CHECK(mdp.action_name == std::vector<std::string>{"go", "wait"});
  CHECK(mdp.action_name_index == std::vector<std::int32_t>{0, -1, 0, 1});
  REQUIRE(mdp.coordinates.size() == 2);
  CHECK(mdp.coordinates[0].value == Numbers{0, 1, -2});
  CHECK(mdp.coordinates[1].name == "up");
  CHECK(mdp.coordinates[1].value == Numbers{0, 1, 1});
}

TEST_CASE("a DRN file with intervals has both ends") {
  auto const mdp = read_model(
      "@type: DTMC\n@value_type: double-interval\n@parameters\n\n@reward_models\n\n@nr_states\n2\n@nr_choices\n2\n@model\n"
      "state 0 init\n\taction 0\n    \t0 : [0.4, 0.9]\n\t\t1 : [0.1,0.8]\nstate 1\n\t\t1 : [1, 1]");

  CHECK(mdp.probability == Numbers{0.4, 0.1, 1});
  CHECK(mdp.probability_upper == Numbers{0.9, 0.8, 1});
  CHECK(mdp.rewards.empty());
  CHECK(mdp.coordinates.empty());
}

TEST_CASE("probabilities of few digits are scaled to sum to 1") {
  auto const mdp = read_model("@type: DTMC\n@nr_states\n3\n@model\nstate 0\n0 : 0.333333\n1 : 0.333333\n2 : 0.333333\nstate 1\n1 : 1\nstate 2\n2 : 1\n");

  CHECK(mdp.probability[0] == Approx(1. / 3).epsilon(1e-15));
}

TEST_CASE("DRN to DRN and by way of HDF5 is the same model") {
  auto const mdp = read_model(small);
  ScratchFolder folder;

  io::write_mdp(folder / "m.h5", mdp);
  auto const stored = io::read_mdp(folder / "m.h5");

  check_same(read_model(written(mdp)), mdp);
  check_same(stored, mdp);
  check_same(read_model(written(stored)), mdp);
  CHECK(stored.rewards[0].name == "time");  // the default one
  CHECK_THAT(written(mdp), Contains("@type: MDP\n") && Contains("\taction go [1, 2.5]\n") && Contains("state 0 [0, 0] init \"two words\"\n"));
}

TEST_CASE("an interval chain goes to DRN and back") {
  auto const mdp = read_model("@type: DTMC\n@value_type: double-interval\n@nr_states\n2\n@model\nstate 0\n0 : [0.1, 0.3]\n1 : [0.7, 0.9]\nstate 1 [3]\n1 : [1, 1]\n");

  check_same(read_model(written(mdp)), mdp);
  CHECK_THAT(written(mdp), Contains("@type: DTMC\n") && Contains("[0.1, 0.3]") && Contains("rew0"));
}

TEST_CASE("DRN files of other kinds and broken ones are refused with their line") {
  CHECK_THAT(refusal("@type: MDP", "@type: CTMC"), Contains("m.drn:3: @type: CTMC") && Contains("continuous time"));
  CHECK_THAT(refusal("@type: MDP", "@type: Markov Automaton"), Contains("continuous time"));
  CHECK_THAT(refusal("@type: MDP", "@type: POMDP"), Contains("POMDP is not read"));
  CHECK_THAT(refusal("@parameters\n", "@parameters\np q"), Contains("m.drn:6") && Contains("parameters"));
  CHECK_THAT(refusal("@type: MDP\n", ""), Contains("@type is missing"));
  CHECK_THAT(refusal("@model\n", ""), Contains("no section"));
  CHECK_THAT(refusal("@nr_states\n3", "@nr_states\n4"), Contains("ends after 3 states") && Contains("says 4"));
  CHECK_THAT(refusal("@nr_states\n3", "@nr_states\n2"), Contains("next state 2 does not exist"));
  CHECK_THAT(refusal("@nr_choices\n4", "@nr_choices\n5"), Contains("ends after 4 actions"));
  CHECK_THAT(refusal("state 1 [", "state 2 ["), Contains("m.drn:21") && Contains("without gaps"));
  CHECK_THAT(refusal("state 0 [1, 0]", "state 0 {3} [1, 0]"), Contains("observations"));
  CHECK_THAT(refusal("1 : 0.5", "1 : half"), Contains("m.drn:17: \"half\"") && Contains("a probability"));
  CHECK_THAT(refusal("1 : 0.5", "1 = 0.5"), Contains("neither a state"));
  CHECK_THAT(refusal("1 : 0.5", "1 : 0.6"), Contains("sums to"));
  CHECK_THAT(refusal("1 : 0.5", "1 : [0.5, 0.6"), Contains("no closing bracket"));
  CHECK_THAT(refusal("[2, 0]", "[2, 0"), Contains("no closing bracket"));
  CHECK_THAT(refusal("\taction go\n\t\t1 : 1\n", ""), Contains("state 1 has no action"));
  CHECK_THAT(refusal_of([] { io::read_drn("absent.drn"); }), Contains("cannot be read"));
}

TEST_CASE("names that DRN cannot hold are refused") {
  auto mdp = read_model(small);
  mdp.action_name[1] = "two words";

  CHECK_THAT(refusal_of([&] { written(mdp); }), Contains("the action \"two words\""));
}
