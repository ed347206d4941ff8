#pragma once
#include <array>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "src/drive/job.hpp"

namespace bellshard::incremental_worst_case {

enum class FamilyKind { windy_walk, crossroads, inventory, files };
enum class Search { exhaustive, cma_es };

struct Config {
  FamilyKind family = FamilyKind::windy_walk;
  std::array<std::int64_t, 4> models{25, 2, 25, 0};       ///< by kind: models on a grid of the parameters
  double alpha_low = 0, alpha_high = 0.5;                  ///< windy_walk
  std::int64_t scale = 1;
  double safe = 0.6;                                       ///< crossroads
  std::int64_t capacity = 20;                              ///< inventory
  double mean_low = 2, mean_high = 8, idle_low = 0, idle_high = 0.5;
  double fixed_cost = 4, unit_cost = 2, holding_cost = 1, price = 8;
  std::vector<std::filesystem::path> files;                ///< files: one model each, the first is the nominal one
  std::int64_t start = -1;                                 ///< state that values are compared in; -1: the family's own

  double discount = 0.95;
  double tolerance = 1e-9, gap = 1e-6;
  std::int64_t max_iterations = 100;
  Search search = Search::exhaustive;
  std::int64_t population = 16, generations = 30, seed = 1;
  double spread = 0.3;
  bool robust = true;
  std::vector<double> l1_radii;
  std::int64_t l1_centre = 0;
  std::int64_t chain_sweeps = 8;
  std::int64_t max_sweeps = 1'000'000;
  std::string file = "incremental_worst_case.h5";

  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::incremental_worst_case
