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
  std::int64_t calibration = 128;
  Pruning pruning;
  double rate = 0;               ///< of a step: share of the weights left that it prunes at most; 0: no steps
  std::vector<std::int64_t> budget;
  std::vector<double> sparsity;  ///< in place of budgets
  allocation::SolverConfig solver;
  bool compatible = false;       ///< with the published program
  std::string file = "allocation.h5";

  bool in_steps() const { return rate > 0; }
  /// Sparsities of the steps: 1 - (1 - rate)^t, and from each sparsity that is asked for on in the same way.
  std::vector<double> steps() const;
  /// Weights that are left at most of a network with so many.
  std::vector<std::int64_t> budgets(std::int64_t weights) const;
  void declare(Keys& keys);
  void check(Keys const& keys) const;

 private:
  void check_steps(Keys const& keys) const;
};

}  // namespace bellshard::prune_allocation
