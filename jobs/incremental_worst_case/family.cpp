#include "jobs/incremental_worst_case/family.hpp"

#include <cmath>

#include "kernels/host_copy.hpp"
#include "src/mdp/generated_source.hpp"
#include "src/mdp/models/demand.hpp"
#include "src/mdp/models/inventory.hpp"
#include "src/mdp/row_collector.hpp"

namespace bellshard::incremental_worst_case {
namespace {

double between(double low, double high, std::int64_t k, std::int64_t points) { return points == 1 ? low : low + (high - low) * static_cast<double>(k) / static_cast<double>(points - 1); }

/// Rows and columns in six bands each; walls in bands 1 and 3 of columns 1 to 3, wind in the corridors between and below them.
///
///     S . . . . G     wind alpha
///     . # # # . .
///     . . . . . .     wind alpha^3
///     . # # # . .
///     . . . . . .     wind alpha^6, here and below
///     . . . . . .
class WindyWalk : public Family {
 public:
  explicit WindyWalk(Config const& config) : config_(config), side_(6 * config.scale) {}
  std::string description() const override { return fmt::format("windy walk of {} x {} cells", side_, side_); }
  std::int64_t states() const override { return side_ * side_; }
  std::int64_t start() const override { return 0; }
  std::vector<std::string> names() const override { return {"alpha"}; }
  std::vector<Parameters> grid() const override {
    std::vector<Parameters> all;
    for (std::int64_t k = 0; k < config_.models[0]; ++k) all.push_back({between(config_.alpha_low, config_.alpha_high, k, config_.models[0])});
    return all;
  }
  Parameters low() const override { return {config_.alpha_low}; }
  Parameters high() const override { return {config_.alpha_high}; }

  mdp::Rows rows(MPI_Comm comm, Block own, Parameters const& parameters) const override {
    mdp::Rows made;
    together(comm, [&] {
      mdp::RowCollector collector(description(), own, states());
      for (auto s = own.begin; s < own.end; ++s) add_state(collector, s, parameters[0]);
      made = std::move(collector).finish();
    });
    return made;
  }

 private:
  bool wall(std::int64_t row, std::int64_t column) const {
    auto const r = row / config_.scale, c = column / config_.scale;
    return (r == 1 || r == 3) && c >= 1 && c <= 3;
  }
  std::int64_t towards(std::int64_t row, std::int64_t column, std::int64_t down, std::int64_t right) const {
    auto const r = row + down, c = column + right;
    return r < 0 || r >= side_ || c < 0 || c >= side_ || wall(r, c) ? row * side_ + column : r * side_ + c;
  }
  double wind(std::int64_t row, std::int64_t column, double alpha) const {
    auto const r = row / config_.scale, c = column / config_.scale;
    if (c < 1 || c > 3) return 0;
    return r == 0 ? alpha : r == 2 ? alpha * alpha * alpha : std::pow(alpha, 6);
  }
  void add_state(mdp::RowCollector& rows, std::int64_t s, double alpha) const {
    auto const row = s / side_, column = s % side_;
    rows.begin_state();
    if (wall(row, column) || s == side_ - 1) {  // the goal, and cells that nobody enters
      std::int64_t const there[] = {s};
      double const surely[] = {1};
      for (int a = 0; a < 4; ++a) rows.add_pair(0, there, surely);
      return;
    }
    double const blown = wind(row, column, alpha);
    auto const west = towards(row, column, 0, -1);
    for (auto const& [down, right] : {std::pair{-1, 0}, {1, 0}, {0, 1}, {0, -1}}) {  // north, south, east, west
      auto const aim = towards(row, column, down, right);
      std::vector<std::int64_t> there;
      std::vector<double> chance;
      if (blown < 1) there.push_back(aim), chance.push_back(1 - blown);
      if (blown > 0) there.push_back(west), chance.push_back(blown);
      rows.add_pair(-1, there, chance);
    }
  }
  Config const& config_;
  std::int64_t side_;
};

/// State 0: the safe way pays at once and ends; on leads to the fork 1, where left pays alpha and right 1 - alpha, and ends in 2.
class Crossroads : public Family {
 public:
  explicit Crossroads(Config const& config) : config_(config) {}
  std::string description() const override { return "crossroads"; }
  std::int64_t states() const override { return 3; }
  std::int64_t start() const override { return 0; }
  std::vector<std::string> names() const override { return {"alpha"}; }
  std::vector<Parameters> grid() const override {
    std::vector<Parameters> all;
    for (std::int64_t k = 0; k < config_.models[1]; ++k) all.push_back({between(0, 1, k, config_.models[1])});
    return all;
  }
  mdp::Rows rows(MPI_Comm comm, Block own, Parameters const& parameters) const override {
    mdp::Rows made;
    together(comm, [&] {
      mdp::RowCollector collector(description(), own, 3);
      double const surely[] = {1};
      std::int64_t const fork[] = {1}, end[] = {2};
      for (auto s = own.begin; s < own.end; ++s) {
        collector.begin_state();
        if (s == 0) collector.add_pair(config_.safe, end, surely), collector.add_pair(0, fork, surely);
        if (s == 1) collector.add_pair(parameters[0], end, surely), collector.add_pair(1 - parameters[0], end, surely);
        if (s == 2) collector.add_pair(0, end, surely);
      }
      made = std::move(collector).finish();
    });
    return made;
  }

 private:
  Config const& config_;
};

/// The engine's inventory model with an unknown demand: none on a share of the days, else Poisson.
class InventoryFamily : public Family {
 public:
  explicit InventoryFamily(Config const& config) : config_(config), side_(std::llround(std::sqrt(static_cast<double>(config.models[2])))) {}
  std::string description() const override { return fmt::format("inventory of up to {} units, unknown demand", config_.capacity); }
  std::int64_t states() const override { return config_.capacity + 1; }
  std::int64_t start() const override { return 0; }
  std::vector<std::string> names() const override { return {"demand_mean", "idle_share"}; }
  std::vector<Parameters> grid() const override {  // from the greatest demand down
    std::vector<Parameters> all;
    for (std::int64_t i = 0; i < side_; ++i)
      for (std::int64_t k = 0; k < side_; ++k) all.push_back({between(config_.mean_high, config_.mean_low, i, side_), between(config_.idle_low, config_.idle_high, k, side_)});
    return all;
  }
  Parameters low() const override { return {config_.mean_low, config_.idle_low}; }
  Parameters high() const override { return {config_.mean_high, config_.idle_high}; }
  mdp::Rows rows(MPI_Comm comm, Block own, Parameters const& parameters) const override {
    auto demand = mdp::poisson_demand(parameters[0], static_cast<int>(config_.capacity));
    for (auto& p : demand) p *= 1 - parameters[1];
    demand[0] += parameters[1];
    mdp::Inventory const model{config_.capacity, config_.fixed_cost, config_.unit_cost, config_.holding_cost, config_.price, to_device(demand, "bellshard::incremental_worst_case::demand")};
    return mdp::GeneratedSource<mdp::Inventory>(model, {description()}, mdp::Storage::stored).rows(comm, own, "");
  }

 private:
  Config const& config_;
  std::int64_t side_;
};

}  // namespace

std::unique_ptr<Family> make_family(Context& context, Config const& config) {
  switch (config.family) {
    case FamilyKind::windy_walk: return std::make_unique<WindyWalk>(config);
    case FamilyKind::crossroads: return std::make_unique<Crossroads>(config);
    case FamilyKind::inventory: return std::make_unique<InventoryFamily>(config);
    case FamilyKind::files: break;
  }
  return make_file_family(context, config);
}

}  // namespace bellshard::incremental_worst_case
