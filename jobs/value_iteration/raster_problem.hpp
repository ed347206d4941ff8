#pragma once
#include <memory>
#include <vector>

#include "io/import/raster.hpp"
#include "jobs/value_iteration/config.hpp"
#include "kernels/dp/raster_cells.hpp"
#include "kernels/dp/raster_model.hpp"
#include "src/dist/partition.hpp"
#include "src/dist/window_exchange.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::value_iteration {

/// What is known of a mask without holding it: size, coordinates, and which way its rows run.
struct RasterGeometry {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<double> latitude;   ///< [degrees], empty without coordinates
  std::vector<double> longitude;  ///< [degrees]
  bool wraps = false;             ///< the last column is next to the first

  explicit RasterGeometry(io::RasterSource const& source);
  bool geographic() const { return !latitude.empty(); }
  /// Change of the row index of a step north: -1 for maps (row 0 on top), +1 for grids whose latitude rises.
  std::int64_t north() const { return geographic() && latitude.size() > 1 && latitude[1] > latitude[0] ? 1 : -1; }
  char const* cost_unit() const { return geographic() ? "h" : "1"; }
};

/// One rank's part of a stochastic shortest path on a raster, ready for sweeps.
class RasterProblem {
 public:
  RasterProblem(Context& context, Config const& config, std::unique_ptr<io::RasterSource> source);

  RasterGeometry const& geometry() const { return geometry_; }
  Partition const& partition() const { return partition_; }
  Block own() const { return own_; }
  dp::RasterModel const& model() const { return model_; }
  Array<std::uint8_t> const& cell() const { return cell_; }
  std::int64_t free_cells() const { return free_cells_; }            ///< whole map
  std::int64_t unreachable_cells() const { return unreachable_cells_; }
  std::vector<std::int64_t> const& targets() const { return targets_; }  ///< row * columns + column
  lattice::Wrap wrap() const { return geometry_.wraps ? lattice::Wrap::columns : lattice::Wrap::none; }
  double least_cost() const { return least_cost_; }                  ///< of any step of the map [cost]

  /// Values to start from: 1.5 times the cost of the shortest path without drift (discounted: at most dearest step /
  /// (1 - discount)); 0 at targets, +infinity where no target can be reached, NaN where blocked. Margins filled.
  Array<double> const& start() const { return start_; }

  /// Brings ghost columns and margin rows of a field up to date.
  template <class T>
  void refresh(Array<T> const& field);
  /// Ghost columns alone.
  template <class T>
  void refresh_ghosts(Array<T> const& field);
  /// The two halves of refresh(): own rows are sent from the moment of start on, margins stand after finish.
  template <class T>
  void start_refresh(Array<T> const& field);
  template <class T>
  void finish_refresh(Array<T> const& field) { exchange_->finish<T>(field); }
  std::int64_t cells_received() const { return exchange_->items_received() * model_.layout.stride(); }  ///< per exchange on this rank

 private:
  void read_cells(io::RasterSource& source);
  void place_targets(Config const& config);
  void set_costs(Config const& config);
  void find_start(Config const& config);

  Context& context_;
  std::int64_t free_cells_ = 0, unreachable_cells_ = 0;
  RasterGeometry geometry_;
  Partition partition_;
  Block own_;
  dp::RasterModel model_;
  std::unique_ptr<WindowExchange> exchange_;
  Array<std::uint8_t> cell_, open_;
  Array<double> start_;
  std::vector<std::int64_t> targets_;
  double least_cost_ = 0, dearest_cost_ = 0;
};

/// Keeps ordered sweeps of neighbouring ranks in step: brings the margins up to date and wakes the tiles beside what changed.
class MarginWatch {
 public:
  explicit MarginWatch(RasterProblem& problem);
  /// threshold is relative to the least cost of a step.
  void refresh_and_wake(Array<double> const& values, float threshold, lattice::TileTable const& table);

 private:
  RasterProblem& problem_;
  Array<double> before_;  ///< both margin rows of the stage before
};

/// The mask that the job file names.
std::unique_ptr<io::RasterSource> open_mask(Context& context, Config const& config);

/// Contiguous rows for each rank, with about as many free cells each. Reads the whole mask once; collective.
Partition partition_by_work(Context& context, io::RasterSource& source, std::int64_t& free_cells);

/// Great-circle distance on a sphere of 6371 km between two points in degrees [km] (haversine).
double great_circle(double lat_a, double lon_a, double lat_b, double lon_b);

}  // namespace bellshard::value_iteration
