#pragma once
#include <filesystem>
#include <vector>

#include "jobs/prune_allocation/curves.hpp"
#include "src/allocation/solve.hpp"
#include "src/config/keys.hpp"

namespace bellshard::prune_allocation {

struct Config {
  std::filesystem::path table, network;  ///< one of them
  network::ImageConfig images;
  std::int64_t calibration = 128, amounts = 101;
  Distortion distortion = Distortion::mean;
  std::vector<std::int64_t> budget;
  std::vector<double> sparsity;  ///< in place of budgets
  allocation::SolverConfig solver;
  std::string file = "allocation.h5";

  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::prune_allocation
