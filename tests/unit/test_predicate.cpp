#include <catch2/catch.hpp>
#include <map>

#include "src/base/error.hpp"
#include "src/mdp/predicate.hpp"

using namespace bellshard;
using Catch::Contains;

namespace {

// Five states:   0  1  2  3  4
std::map<std::string, std::vector<std::uint8_t>> const labels{
    {"goal",     {0, 0, 0, 0, 1}}, {"finished", {0, 1, 1, 0, 1}}, {"agree", {0, 0, 1, 1, 0}}, {"two words", {1, 0, 0, 0, 0}}};
std::map<std::string, std::vector<double>> const variables{
    {"s1", {12, 12, 3, 12, 0}}, {"c2", {1, 5, 3, 3, 0}}, {"x.y", {-1.5, 0, 0, 2e3, 1}}, {"done", {0, 1, 0, 0, 1}}};

mdp::StateNames names() {
  mdp::StateNames all;
  for (auto const& [name, column] : labels) all.labels.push_back(name);
  for (auto const& [name, column] : variables) all.variables.push_back(name);
  return all;
}

std::string holds(std::string const& text) {
  mdp::Predicate const predicate(text, names());
  std::string where;
  for (auto h : predicate.evaluate(5, {[](auto const& name) { return labels.at(name); }, [](auto const& name) { return variables.at(name); }})) {
    where += h != 0 ? '1' : '0';
  }
  return where;
}

std::string refusal(std::string const& text, mdp::StateNames const& known = names()) {
  try {
    mdp::Predicate const predicate(text, known);
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::bad_job_file);
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("a predicate over labels and variables holds where it should") {
  CHECK(holds("goal") == "00001");
  CHECK(holds("\"goal\"") == "00001");
  CHECK(holds("\"two words\"|goal") == "10001");
  CHECK(holds("!agree & finished") == "01001");
  CHECK(holds("s1=12 & c2<=3") == "10010");
  CHECK(holds("c2 < 3") == "10001");
  CHECK(holds("c2 > 3") == "01000");
  CHECK(holds("c2 >= 3") == "01110");
  CHECK(holds("c2 != 3") == "11001");
  CHECK(holds("s1 = c2") == "00101");
  CHECK(holds("3 = c2") == "00110");
  CHECK(holds("x.y = -1.5 | \"x.y\" >= 2e3") == "10010");
  CHECK(holds("done = true") == "01001");
  CHECK(holds("done") == "01001");
  CHECK(holds("true") == "11111");
  CHECK(holds("false") == "00000");
  CHECK(holds("1 < 2") == "11111");
}

TEST_CASE("a predicate binds comparisons before ! before & before |") {
  CHECK(holds("goal | agree & finished") == "00101");
  CHECK(holds("(goal | agree) & finished") == "00101");
  CHECK(holds("(\"two words\" | agree) & finished") == "00100");
  CHECK(holds("!s1=12") == "00101");
  CHECK(holds("!!goal") == "00001");
  CHECK(holds("!(goal | agree)") == "11000");
  CHECK(holds("  s1\n=12\t") == "11010");
}

TEST_CASE("a predicate fetches each name once") {
  mdp::Predicate const predicate("s1 = 1 | s1 = 12 & !goal | goal", names());
  int fetched = 0;

  predicate.evaluate(5, {[&](auto const& name) { ++fetched; return labels.at(name); },
                         [&](auto const& name) { ++fetched; return variables.at(name); }});

  CHECK(fetched == 2);
}

TEST_CASE("a predicate that cannot be read is refused with its column") {
  CHECK_THAT(refusal("goal &"), Contains("column 7") && Contains("ends"));
  CHECK_THAT(refusal(""), Contains("column 1") && Contains("ends"));
  CHECK_THAT(refusal("goal && agree"), Contains("column 7"));
  CHECK_THAT(refusal("goal agree"), Contains("column 6") && Contains("one too much"));
  CHECK_THAT(refusal("(goal | agree"), Contains("column 14") && Contains("parenthesis of column 1"));
  CHECK_THAT(refusal("s1 = 12)"), Contains("column 8"));
  CHECK_THAT(refusal("\"goal"), Contains("column 1") && Contains("closing quote"));
  CHECK_THAT(refusal("s1 = 12 & 5"), Contains("column 11") && Contains("number alone"));
  CHECK_THAT(refusal("1 <= s1 <= 3"), Contains("column 9") && Contains("chain"));
  CHECK_THAT(refusal("goal = 1"), Contains("column 1") && Contains("is a label"));
  CHECK_THAT(refusal("s1 = 1 + c2"), Contains("column 8"));
  CHECK_THAT(refusal("agree & fnished"), Contains("column 9") && Contains("did you mean finished?"));
  CHECK_THAT(refusal("s3 = 4"), Contains("column 1") && Contains("did you mean s1?"));
  CHECK_THAT(refusal("banana"), Contains("the model has: "));
  CHECK_THAT(refusal("goal", {}), Contains("neither labels nor variables"));
  CHECK_THAT(refusal(std::string(100000, '(') + "goal"), Contains("nested too deeply"));
  CHECK_THAT(refusal(std::string(100000, '!') + "goal"), Contains("nested too deeply"));
}
