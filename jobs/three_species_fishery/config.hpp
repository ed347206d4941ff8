#pragma once
#include <array>
#include <string>
#include <vector>

#include "src/config/keys.hpp"

namespace bellshard::three_species_fishery {

enum class Kind { one_species, one_fishery, two_fisheries, drifting };
enum class Precision { float64, float32 };

struct Config {
  Kind kind = Kind::two_fisheries;
  double growth_x = 1, growth_y = 1, capacity_x = 1, capacity_y = 1;
  double predation = 0.3, predation_alone = 0.1, half_saturation = 0.3, preference = 1.1, competition = 0.1;
  double conversion = 0.1, mortality = 0.1;
  std::vector<double> noise{0.1, 0.1, 0.1}, noise_alone{0.1};
  double drift = 0.5, drift_steps = 100, drift_least = 0.5;
  std::vector<double> start{0.5, 0.5, 0.7}, start_alone{0.7};
  double start_deviation = 0.02, threshold = 0.05, penalty = 100;
  std::int64_t horizon = 200;

  std::int64_t nodes_x = 41, nodes_y = 41, nodes_z = 41, nodes_alone = 401;
  std::int64_t below = 4;
  double upper_x = 1.5, upper_y = 1.5, upper_z = 3;
  double stretch_x = 4, stretch_y = 4, stretch_z = 20;
  Precision precision = Precision::float64;

  std::int64_t policy_every = 1, policy_last = 20;

  std::int64_t episodes = 2000, search_episodes = 100, settings = 51, paths = 4, seed = 1;
  double most_mortality = 0.5, most_escapement = 1, cautious = 0.8;
  std::vector<std::array<double, 2>> mortalities;
  std::string file = "three_species_fishery.h5";
  bool write_policy = true;
  std::int64_t compression = 1;

  bool alone() const { return kind == Kind::one_species; }
  int species() const { return alone() ? 1 : 3; }
  /// Species that are harvested, from X on.
  int harvested() const { return kind == Kind::two_fisheries || kind == Kind::drifting ? 2 : 1; }
  std::array<std::int64_t, 3> nodes() const { return alone() ? std::array<std::int64_t, 3>{nodes_alone, 1, 1} : std::array{nodes_x, nodes_y, nodes_z}; }
  std::array<double, 3> start_of() const { return alone() ? std::array<double, 3>{start_alone[0], 0, 1} : std::array{start[0], start[1], start[2]}; }
  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::three_species_fishery
