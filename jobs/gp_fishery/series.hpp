#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "jobs/gp_fishery/config.hpp"

namespace bellshard::gp_fishery {

/// Stocks and the stocks that followed them, pair by pair.
struct Series {
  std::vector<double> x, y;

  /// Pairs without a stock that is 0, which has no logarithm: what growth curves with log-normal noise are fitted to.
  Series alive() const;
};

/// Exit 4 with file and line where a number is missing, negative or beyond the grid, and where there are too few.
Series read_series(Config const& config);

/// A policy that came from a file.
struct GivenPolicy {
  std::string name;
  std::vector<std::int32_t> harvest;  ///< index of the harvest, for each stock of the grid
};

/// In the order of the file. Exit 4 with file and line where they lie on another grid.
std::vector<GivenPolicy> read_policies(Config const& config);

}  // namespace bellshard::gp_fishery
