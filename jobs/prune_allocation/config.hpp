#pragma once
#include <filesystem>
#include <limits>
#include <vector>

#include "jobs/prune_allocation/curves.hpp"
#include "src/allocation/knapsack.hpp"
#include "src/config/keys.hpp"

namespace bellshard::prune_allocation {

/// How the problem is solved: the whole table, or the greedy choice alone with its bound.
enum class Method { automatic, table, greedy };

struct Config {
  std::filesystem::path table, network;  ///< one of them
  network::ImageConfig images;
  std::int64_t calibration = 128, amounts = 101;
  Distortion distortion = Distortion::mean;
  std::vector<std::int64_t> budget;
  std::vector<double> sparsity;  ///< in place of budgets
  dp::Objective objective = dp::Objective::min;
  Method method = Method::automatic;
  allocation::Precision precision = allocation::Precision::float64;
  double memory_limit = std::numeric_limits<double>::quiet_NaN();  ///< of a rank [GiB]; NaN: none
  bool frontier = true;
  std::string file = "allocation.h5";

  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::prune_allocation
