#pragma once
#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "io/mdp/explicit_mdp.hpp"
#include "src/base/error.hpp"
#include "tests/mpi/scratch_folder.hpp"

namespace bellshard::test {

inline void write_text(std::filesystem::path const& path, std::string const& text) { std::ofstream(path, std::ios::binary) << text; }

inline std::string read_text(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The message of a refusal with exit 4.
inline std::string refusal_of(std::function<void()> const& part) {
  try {
    part();
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::bad_input);
    return error.what();
  }
  return "accepted";
}

/// The text with its one `from` replaced.
inline std::string with(std::string text, std::string const& from, std::string const& to) {
  auto const at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// The same model; the order of labels, variables and rewards is free.
inline void check_same(io::ExplicitMdp const& a, io::ExplicitMdp const& b) {
  CHECK(a.action_offset == b.action_offset);
  CHECK(a.transition_offset == b.transition_offset);
  CHECK(a.next_state == b.next_state);
  CHECK(a.probability == b.probability);
  CHECK(a.probability_upper == b.probability_upper);
  CHECK(a.action_name == b.action_name);
  CHECK(a.action_name_index == b.action_name_index);
  auto const same = [](auto const& x, auto const& y) {
    REQUIRE(x.size() == y.size());
    for (auto const& one : x) {
      auto const other = std::find_if(y.begin(), y.end(), [&](auto const& candidate) { return candidate.name == one.name; });
      REQUIRE(other != y.end());
      CHECK(one.value == other->value);
    }
  };
  same(a.rewards, b.rewards);
  same(a.labels, b.labels);
  same(a.coordinates, b.coordinates);
}

}  // namespace bellshard::test
