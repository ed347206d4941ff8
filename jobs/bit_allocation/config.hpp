#pragma once
#include <filesystem>
#include <vector>

#include "jobs/bit_allocation/fit_layer.hpp"
#include "src/allocation/solve.hpp"
#include "src/config/keys.hpp"
#include "src/network/images.hpp"

namespace bellshard::bit_allocation {

enum class Base { highest, float32 };
enum class Limit { bits, operations };
enum class Calibration { none, adaquant };
enum class Norms { kept, networks, all };

struct Config {
  std::filesystem::path table, network;  ///< one of them
  network::ImageConfig images;
  std::vector<std::int64_t> bits = {8, 4, 2};
  Base base = Base::highest;
  bool activations = true;
  std::int64_t calibration = 1000;  ///< images
  Calibration method = Calibration::none;
  FitConfig fit;
  Norms norms = Norms::kept;
  std::vector<double> compression;
  Limit limit = Limit::bits;
  allocation::SolverConfig solver;
  std::string file = "bits.h5";

  Config() { solver.frontier = false; }
  std::vector<std::int32_t> precisions() const { return {bits.begin(), bits.end()}; }
  std::int32_t base_bits() const;

  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::bit_allocation
