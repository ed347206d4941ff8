#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/runtime/context.hpp"

namespace bellshard {

enum class Command { help, version, list, describe, init, run, check, inspect, diff, convert, query, gather };

/// What the user asked for.
struct CommandLine {
  Command command = Command::help;
  std::string help;                        ///< the text to print, with Command::help
  std::string job;
  std::filesystem::path job_file;          ///< -c; empty: none, "-": standard input
  std::vector<std::string> overrides;      ///< --set
  std::vector<std::filesystem::path> files;  ///< of inspect and query (one), diff and convert (two), gather (any number)
  std::optional<std::string> state;        ///< of query: an index, a name or a predicate
  std::string words;                       ///< of query: words of a corpus index
  double relative_tolerance = 0;           ///< of diff; 0: the same bits
  std::filesystem::path gathered;          ///< of gather: the file to write
  bool reorder = false;                    ///< of convert: near states get near numbers
  RunOptions options;
  Verbosity verbosity = Verbosity::normal;
};

/// Reads the words behind the program's name. Exit 2 with the way out where they make no sense.
CommandLine parse_command_line(std::vector<std::string> const& words);

}  // namespace bellshard
