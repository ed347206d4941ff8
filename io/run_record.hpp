#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bellshard::io {

/// One row per sweep; a column is a named series with a unit.
struct TraceColumn {
  std::string name;       ///< "residual", "seconds", ...
  std::string unit;
  std::string long_name;
  std::vector<double> values;
};
using Trace = std::vector<TraceColumn>;  ///< all columns equally long

/// Who made a file, from what, and how: root attributes, /input and /provenance of every result and checkpoint.
struct RunRecord {
  std::string job;            ///< root attribute "job"
  std::string title;
  std::string schema;         ///< "bellshard.value_iteration", ...
  int schema_version = 1;
  std::string job_file;       ///< canonical job file text
  std::string command_line;
  std::vector<std::pair<std::string, std::string>> inputs;  ///< path as given, SHA-256
  std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> provenance;  ///< compiler, kokkos, ranks, ...
};

}  // namespace bellshard::io
