#pragma once
#include <filesystem>
#include <vector>

#include "jobs/bit_allocation/fit_layer.hpp"
#include "jobs/bit_allocation/sensitivity.hpp"
#include "src/allocation/solve.hpp"
#include "src/config/keys.hpp"
#include "src/network/images.hpp"

namespace bellshard::bit_allocation {

enum class Base { highest, float32 };
enum class Limit { bits, operations };
enum class Calibration { none, adaquant };

struct Config {
  std::filesystem::path table, network;  ///< one of them
  network::ImageConfig images;
  std::vector<std::int64_t> bits = {8, 4, 2};
  Base base = Base::highest;
  Loss loss = Loss::cross_entropy;
  bool activations = true;
  std::int64_t calibration = 1000;  ///< images
  Calibration method = Calibration::none;
  FitConfig fit;
  bool match_nearest_norms = false, match_fitted_norms = true;  ///< the one that method asks for is in force
  std::vector<double> compression;
  Limit limit = Limit::bits;
  allocation::SolverConfig solver;
  std::string file = "bits.h5";

  Config() { solver.frontier = false; }
  std::vector<std::int32_t> precisions() const { return {bits.begin(), bits.end()}; }
  std::int32_t base_bits() const;
  bool match_norms() const { return method == Calibration::none ? match_nearest_norms : match_fitted_norms; }

  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::bit_allocation
