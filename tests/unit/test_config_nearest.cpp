#include <catch2/catch.hpp>

#include "src/config/nearest.hpp"

using bellshard::edit_distance;
using bellshard::nearest;

TEST_CASE("edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("drift", "drift") == 0);
  CHECK(edit_distance("drfit", "drift") == 1);
  CHECK(edit_distance("drft", "drift") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("sud", "süd") == 1);
  CHECK(edit_distance("αβγ", "αγβ") == 1);
}

TEST_CASE("nearest prefers the same key of another table, then the fewest slips") {
  std::vector<std::string> const keys = {"model.file", "model.drift", "solver.tolerance", "output.file"};
  CHECK(nearest("model.drfit", keys) == "model.drift");
  CHECK(nearest("drift", keys) == "model.drift");
  CHECK(nearest("output.tolerance", keys) == "solver.tolerance");
  CHECK(nearest("ouput.file", keys) == "output.file");
  CHECK_FALSE(nearest("model.banana", keys));
  CHECK_FALSE(nearest("x", {}));
}
