#pragma once
#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "io/import/raster.hpp"
#include "src/config/keys.hpp"
#include "src/mdp/iteration.hpp"
#include "src/mdp/model_kind.hpp"

namespace bellshard::value_iteration {

using mdp::Method;

/// total_cost is total_reward with objective "min" as its default.
enum class CriterionKind {
  total_cost,
  discounted,
  total_reward,
  reachability,
  average_reward,
  finite_horizon,
  bounded_reachability,
  reward_reachability
};
enum class Goal { by_criterion, min, max };

/// The job file, checked. Defaults are the values here.
struct Config {
  struct Model {
    std::string kind = "raster";
    std::map<std::string, std::unique_ptr<mdp::ModelKind>> kinds;  ///< all but raster, by name

    // raster
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
    Goal objective = Goal::by_criterion;
    double discount = 1.0;          ///< factor on the next step [1]
    std::int64_t horizon = 0;       ///< [steps]
    mdp::Nature nature = mdp::Nature::adversarial;
    double budget = 0;              ///< [reward]
    std::string target, avoid;      ///< predicates over labels and state variables
    std::string reward;             ///< name; "1": one for every step; empty: the model's default
    std::string terminal;           ///< state variable that is earned at the end of the horizon
    std::string constraint;         ///< name of a second reward, whose discounted sum from the initial states is bounded
    double at_most = std::numeric_limits<double>::quiet_NaN();   ///< its bound [reward]; NaN: none
    double at_least = std::numeric_limits<double>::quiet_NaN();
    std::string after;              ///< [criteria.NAME]: an earlier one, of whose best actions this one chooses
    double slack = 0;               ///< what an action may lose of that one at a step [its reward]
  } criterion;
  std::vector<std::pair<std::string, std::unique_ptr<Criterion>>> criteria;  ///< [criteria.NAME] instead, in the order of the job file
  struct Solver {
    Method method = Method::automatic;
    double tolerance = 1e-6;  ///< proven width [1]
    std::int64_t max_sweeps = 1'000'000;
    std::int64_t tile = 32;   ///< [cells], raster
    std::int64_t inner_sweeps = 50;
    std::filesystem::path start;  ///< earlier result; empty: from 0
    double relaxation = 1;
    double memory_limit = std::numeric_limits<double>::quiet_NaN();  ///< of a rank's rows [GiB]; NaN: none
    mdp::LinearMethod linear = mdp::LinearMethod::bicgstab;
    std::int64_t anderson_memory = 5;
  } solver;
  struct Output {
    std::string file = "value_iteration.h5";
    std::int64_t compression = 0;  ///< deflate level
    bool policy_value = true;
    bool state_variables = true;
    bool labels = true;            ///< of the states
    bool names = true;             ///< of the states and actions
  } output;
};

void declare(Keys& keys, Config& config);
/// What single keys cannot say; rejects with the key's place.
void check(Keys const& keys, Config const& config);

/// One criterion that a run answers: [criterion], which has no name, or [criteria.NAME].
struct Asked {
  std::string name;
  std::string table;  ///< of its keys: "criterion", "criteria.NAME"
  Config::Criterion const& criterion;

  std::string key(std::string const& leaf) const { return table + "." + leaf; }
};
std::vector<Asked> asked_of(Config const& config);

mdp::Criterion criterion_of(Config::Criterion const& asked);
bool on_raster(Config const& config);

/// What only the map can say: keys that have no use on it.
void check_against(Keys const& keys, Config const& config, io::RasterSource const& source);

}  // namespace bellshard::value_iteration
