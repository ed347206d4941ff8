#include <map>

#include "foreign_file.hpp"
#include "io/import/prism_explicit.hpp"

using namespace bellshard;
using namespace bellshard::test;
using Catch::Contains;
using Numbers = std::vector<double>;
using Integers = std::vector<std::int64_t>;
using Files = std::map<std::string, std::string>;

namespace {

Files const mdp_files{{".tra", "3 4 6\n0 0 0 0.3 b\n0 0 1 0.7 b\n0 1 2 1 a\n1 0 0 0.5\n1 0 1 0.5\n2 0 2 1\n"},
                      {".lab", "0=\"init\" 1=\"deadlock\" 2=\"goal\"\n0: 0\n2: 1 2\n"},
                      {".sta", "(s,up)\n0:(0,false)\n1:(1,true)\n2:(-7,true)\n"},
                      {"1.srew", "# Reward structure \"steps\"\n# State rewards\n3 2\n0 1\n1 2\n"},
                      {"1.trew", "# Reward structure \"steps\"\n# Transition rewards\n3 4 2\n0 0 0 10\n0 0 1 20\n"},
                      {"2.srew", "3 1\n2 -1.5\n"}};

io::ExplicitMdp read_files(Files const& files) {
  ScratchFolder folder;
  for (auto const& [end, text] : files) write_text(folder / ("m" + end), text);
  return io::read_prism(folder / "m.tra");
}

std::string refusal(std::string const& file, std::string const& from, std::string const& to) {
  auto files = mdp_files;
  files[file] = with(files[file], from, to);
  return refusal_of([&] { read_files(files); });
}

}  // namespace

TEST_CASE("an MDP of PRISM's explicit files is read with all that stands beside it") {
  auto const mdp = read_files(mdp_files);

  CHECK(mdp.action_offset == Integers{0, 2, 3, 4});
  CHECK(mdp.transition_offset == Integers{0, 2, 3, 5, 6});
  CHECK(mdp.next_state == Integers{0, 1, 2, 0, 1, 2});
  CHECK(mdp.probability == Numbers{0.3, 0.7, 1, 0.5, 0.5, 1});
  CHECK(mdp.action_name == std::vector<std::string>{"b", "a"});
  CHECK(mdp.action_name_index == std::vector<std::int32_t>{0, 1, -1, -1});
  REQUIRE(mdp.labels.size() == 3);
  CHECK(mdp.labels[0].value == std::vector<std::uint8_t>{1, 0, 0});
  CHECK(mdp.labels[2].name == "goal");
  CHECK(mdp.labels[2].value == std::vector<std::uint8_t>{0, 0, 1});
  REQUIRE(mdp.coordinates.size() == 2);
  CHECK(mdp.coordinates[0].value == Numbers{0, 1, -7});
  CHECK(mdp.coordinates[1].value == Numbers{0, 1, 1});
  REQUIRE(mdp.rewards.size() == 2);
  CHECK(mdp.rewards[0].name == "steps");
  CHECK(mdp.rewards[0].value == Numbers{1 + 0.3 * 10 + 0.7 * 20, 1, 2, 0});
  CHECK(mdp.rewards[1].name == "reward2");
  CHECK(mdp.rewards[1].value == Numbers{0, 0, 0, -1.5});
}

TEST_CASE("a Markov chain alone, in any order, starts in state 0") {
  auto const mdp = read_files({{".tra", "2 3\n1 1 1\n0 1 0.9\n0 0 .1 go\n"}, {".trew", "2 1\n0 1 5\n"}});

  CHECK(mdp.action_offset == Integers{0, 1, 2});
  CHECK(mdp.probability == Numbers{0.9, 0.1, 1});
  CHECK(mdp.labels.at(0).name == "init");
  CHECK(mdp.labels.at(0).value == std::vector<std::uint8_t>{1, 0});
  CHECK(mdp.rewards.at(0).name == "reward");
  CHECK(mdp.rewards.at(0).value == Numbers{4.5, 0});
  CHECK(mdp.action_name.empty());
}

TEST_CASE("intervals are read, with and without a blank") {
  auto const mdp = read_files({{".tra", "2 2 3\n0 0 0 [0.4,0.6] go\n0 0 1 [0.4, 0.6] go\n1 0 1 [1,1]\n"}, {".trew", "2 2 2\n0 0 0 5\n0 0 1 5\n"}});

  CHECK(mdp.probability == Numbers{0.4, 0.4, 1});
  CHECK(mdp.probability_upper == Numbers{0.6, 0.6, 1});
  CHECK(mdp.rewards.at(0).value == Numbers{5, 0});
  CHECK_THAT(refusal_of([] { read_files({{".tra", "1 1 1\n0 0 0 [1,2\n"}}); }), Contains("no closing bracket"));
  CHECK_THAT(refusal_of([] { read_files({{".tra", "2 2 3\n0 0 0 [0,1]\n0 0 1 [0,1]\n1 0 1 [1,1]\n"}, {".trew", "2 2 1\n0 0 0 5\n"}}); }),
             Contains("intervals"));
}

TEST_CASE("explicit files that are broken are refused with file and line") {
  CHECK_THAT(refusal(".tra", "3 4 6", "3 4 7"), Contains("ends after 6 transitions"));
  CHECK_THAT(refusal(".tra", "3 4 6", "3 5 6"), Contains("there are 4 choices"));
  CHECK_THAT(refusal(".tra", "3 4 6", "mdp"), Contains("m.tra:1") && Contains("STATES CHOICES TRANSITIONS"));
  CHECK_THAT(refusal(".tra", "0 1 2 1 a", "0 1 3 1 a"), Contains("m.tra:4: state 3 does not exist"));
  CHECK_THAT(refusal(".tra", "0 1 2 1 a", "0 2 2 1 a"), Contains("choice 2 but no choice 1"));
  CHECK_THAT(refusal(".tra", "0 1 2 1 a", "0 1 2 x a"), Contains("m.tra:4: \"x\""));
  CHECK_THAT(refusal(".tra", "0 1 2 1 a", "0 1 2"), Contains("has 3 words"));
  CHECK_THAT(refusal(".tra", "0 0 0 0.3 b", "0 0 0 0.4 b"), Contains("sums to"));
  CHECK_THAT(refusal(".tra", "2 0 2 1\n", "1 1 2 1\n"), Contains("state 2 has no transition") && Contains("deadlock"));
  CHECK_THAT(refusal(".lab", "2: 1 2", "2: 1 3"), Contains("m.lab:3: label 3 does not exist"));
  CHECK_THAT(refusal(".lab", "2: 1 2", "3: 1 2"), Contains("m.lab:3: state 3 does not exist"));
  CHECK_THAT(refusal(".lab", "1=\"dead", "1=dead"), Contains("m.lab:1"));
  CHECK_THAT(refusal(".sta", "2:(-7,true)\n", ""), Contains("ends after 2 of 3 states"));
  CHECK_THAT(refusal(".sta", "(1,true)", "(1)"), Contains("m.sta:3: 1 values for 2 variables"));
  CHECK_THAT(refusal("1.srew", "0 1\n", "4 1\n"), Contains("m1.srew:4: state 4"));
  CHECK_THAT(refusal("1.trew", "0 0 0 10", "0 0 2 10"), Contains("m1.trew:4") && Contains("does not lead"));
  CHECK_THAT(refusal("1.trew", "0 0 0 10", "1 1 0 10"), Contains("has no choice 1"));
}
