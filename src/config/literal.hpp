#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "src/config/location.hpp"

namespace bellshard {

/// A value as it was written, before anyone asks which key it is for.
struct Literal {
  enum class Kind { flag, integer, real, text, list, table, date };
  Kind kind = Kind::flag;
  bool flag = false;
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Literal> items;
  Location where;
};

/// One line of a job file: a key with its value, or the head of a table.
struct Entry {
  std::string path;  ///< "solver.tolerance", or "solver" for a table
  Location where;
  bool is_table = false;
  Literal literal;        ///< of a key
  std::string as_written; ///< of --set: text keys take it where it is no TOML text, as in --set output.file=2024
};

/// Reads TOML text into entries in the order of the text. Exit 3 with source:line:column for a syntax error.
std::vector<Entry> read_toml(std::string const& text, std::string const& source);

/// Reads PATH=VALUE of --set. A value that is no TOML is taken as text. Exit 2 where the path or the value is missing.
std::vector<Entry> read_override(std::string const& assignment);

std::string kind_name(Literal const& literal);  ///< "a real", "a list", ...
std::string toml_text(Literal const& literal);

}  // namespace bellshard
