#pragma once
#include <string>

namespace bellshard {

/// Where a value stands: "job.toml:14:3", "--set solver.discount", or empty for a default.
struct Location {
  std::string source;
  int line = 0;    ///< 1, 2, ...; 0: the source has no lines
  int column = 0;
  std::string text() const;
};

}  // namespace bellshard
