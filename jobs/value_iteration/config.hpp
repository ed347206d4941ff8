#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "io/import/raster.hpp"
#include "src/config/keys.hpp"

namespace bellshard::value_iteration {

enum class ModelKind { raster };
enum class CriterionKind { total_cost, discounted };
enum class Method { gauss_seidel, jacobi };

/// The job file, checked. Defaults are the values here.
struct Config {
  struct Model {
    ModelKind kind = ModelKind::raster;
    std::filesystem::path file;                              ///< mask; or
    std::string map;                                         ///< a map drawn in the job file
    double drift = 0.1;                                      ///< probability of each 45-degree neighbour [1]
    double speed = 30.0;                                     ///< [km/h], grids with coordinates
    double target_within = 50.0;                             ///< [km]
    std::vector<std::array<std::int64_t, 2>> target;         ///< row, column
    std::vector<std::array<double, 2>> target_lat_lon;       ///< [degrees]
  } model;
  struct Criterion {
    CriterionKind kind = CriterionKind::total_cost;
    double discount = 1.0;  ///< factor on future cost [1]
  } criterion;
  struct Solver {
    Method method = Method::gauss_seidel;
    double tolerance = 1e-6;  ///< largest (upper - lower) / max(1, |upper|) [1]
    std::int64_t max_sweeps = 1'000'000;
    std::int64_t tile = 32;  ///< [cells]
  } solver;
  struct Output {
    std::string file = "value_iteration.h5";
    std::int64_t compression = 0;  ///< deflate level
  } output;
};

void declare(Keys& keys, Config& config);
/// What single keys cannot say; rejects with the key's place.
void check(Keys const& keys, Config const& config);
/// What only the map can say: keys that have no use on it.
void check_against(Keys const& keys, Config const& config, io::RasterSource const& source);

}  // namespace bellshard::value_iteration
