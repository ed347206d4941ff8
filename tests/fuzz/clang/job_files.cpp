// Job files and --set.
#include <limits>

#include "src/config/job_file.hpp"
#include "src/config/keys.hpp"
#include "tests/fuzz/clang/readers.hpp"
#include "tests/fuzz/clang/scratch.hpp"
#include "src/base/error.hpp"

namespace bellshard::fuzz {
namespace {

enum class Way { jacobi, ordered };

/// Keys of every kind, and the canonical job file that comes out.
std::string canonical(std::string const& text, std::vector<std::string> const& overrides) {
  std::string name, title;
  std::vector<std::string> words;
  std::vector<double> weights;
  std::vector<std::int64_t> sizes;
  std::vector<std::array<std::int64_t, 2>> targets;
  std::vector<std::array<double, 2>> places;
  double discount = 0.9, limit = std::numeric_limits<double>::quiet_NaN();
  std::int64_t sweeps = 10, states = 5;
  bool told = false;
  auto way = Way::jacobi;
  std::map<std::string, double> budgets;
  Keys keys;
  keys.table("model", "what is solved");
  keys.choice<Way>("model.kind", way, {{"jacobi", Way::jacobi}, {"ordered", Way::ordered}}, "a choice");
  keys.variant("model.kind", "jacobi", "one", [&] { keys.integer("model.size", states, "a count").range(1, 1e9); });
  keys.variant("model.kind", "ordered", "another", [&] { keys.real("model.size", discount, "a number").range(0, 1, Border::open, Border::open); });
  keys.text("model.name", name, "a name");
  keys.texts("model.words", words, "some");
  keys.pairs("model.target", targets, "cells");
  keys.pairs("model.place", places, "degrees");
  keys.table("solver", "how it is solved");
  keys.real("solver.limit", limit, "a number");
  keys.reals("solver.weights", weights, "numbers").range(-1e6, 1e6);
  keys.integers("solver.sizes", sizes, "counts");
  keys.integer("solver.max_sweeps", sweeps, "a count").range(1, 1e9);
  keys.flag("solver.told", told, "a flag");
  keys.text("solver.inner.title", title, "a table in a table");
  keys.family("budget", "by name", [&](std::string const& member) { keys.real("budget." + member + ".most", budgets[member], "a number"); });
  apply({text, "job.toml", overrides}, keys);
  return canonical_text(keys);
}

}  // namespace

/// Parts file and set (one a line); without parts all of it is the job file. What comes out is a job file that gives itself.
void read_job_file(std::string_view bytes) {
  auto parts = parts_of_input(bytes);
  if (parts.empty()) parts["file"] = bytes;
  std::vector<std::string> overrides;
  std::string_view rest = parts["set"];
  while (!rest.empty()) {
    auto const end = std::min(rest.find('\n'), rest.size());
    overrides.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::string once;
  try {
    once = canonical(parts["file"], overrides);
  } catch (Error const& error) {
    if (error.code() == ExitCode::bad_command_line && !overrides.empty()) return;
    throw;
  }
  try {
    if (canonical(once, {}) != once) report("as a job file this gives another one:\n" + once);
  } catch (Error const& error) {
    report(std::string("the canonical job file is refused: ") + error.what() + "\n" + once);
  }
}

}  // namespace bellshard::fuzz
