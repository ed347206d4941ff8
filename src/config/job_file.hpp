#pragma once
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "src/config/keys.hpp"

namespace bellshard {

/// A job file as text, with the overrides of the command line.
struct JobFile {
  std::string text;                     ///< TOML
  std::filesystem::path path;           ///< for messages and for relative input files; may be empty
  std::vector<std::string> overrides;   ///< "solver.tolerance=1e-8"; the last one of a key wins, also over the text
};

/// Fills the fields that the keys are bound to. Exit 3 with file:line:column for a syntax error, an unknown key (with the
/// nearest known one) or one that belongs to another variant, a wrong type, a value out of range, a missing required key: all of them at once, one a line.
/// Exit 4 for an input file that lies in neither place.
void apply(JobFile const& file, Keys& keys);

/// The canonical job file: every key in force with its value after apply(), in the order of declaration; keys without a value are left
/// out. Applying it again gives the same values and the same text. `tables`, where not empty, keeps only these tables.
std::string canonical_text(Keys const& keys, std::vector<std::string> const& tables = {});

/// Path and value (TOML) of each key of a canonical text: {"solver.discount", "0.9"}.
std::vector<std::pair<std::string, std::string>> canonical_values(std::string const& canonical);

std::string describe_text(Keys const& keys);  ///< table of every key with type, range, default, unit
/// A commented job file that runs: examples where keys have one, else defaults; the rest is commented out.
std::string init_text(Keys const& keys, std::string const& job);

}  // namespace bellshard
