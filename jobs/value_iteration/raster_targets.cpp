#include <algorithm>
#include <cmath>
#include <limits>

#include "jobs/value_iteration/raster_problem.hpp"

namespace bellshard::value_iteration {
namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();
}  // namespace

void RasterProblem::place_targets(Config const& config) {
  auto const& layout = model_.layout;
  auto const host = Kokkos::create_mirror_view(cell_);
  Kokkos::deep_copy(host, cell_);
  auto const free_here = [&](std::int64_t row, std::int64_t column) {
    return own_.contains(row) && host(layout.index(row - own_.begin, column)) != static_cast<std::uint8_t>(dp::Cell::blocked);
  };
  /// Nearest free cell of the whole map by a distance over (row, column), rows in the order of the least distance that they
  /// can have; the index of the cell, and its distance.
  auto const nearest = [&](auto const& row_bound, auto const& distance) {
    struct {
      double distance;
      int rank;
    } best = {infinity, context_.rank()};
    std::int64_t index = -1;
    std::vector<std::pair<double, std::int64_t>> rows;
    for (std::int64_t r = own_.begin; r < own_.end; ++r) rows.emplace_back(row_bound(r), r);
    std::sort(rows.begin(), rows.end());
    for (auto const& [bound, r] : rows) {
      if (bound > best.distance) break;
      for (std::int64_t c = 0; c < layout.columns; ++c) {
        if (!free_here(r, c)) continue;
        double const d = distance(r, c);
        if (d < best.distance) {
          best.distance = d;
          index = r * layout.columns + c;
        }
      }
    }
    BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &best, 1, MPI_DOUBLE_INT, MPI_MINLOC, context_.comm()));
    BELLSHARD_MPI(MPI_Bcast(&index, 1, MPI_INT64_T, best.rank, context_.comm()));
    return std::pair{index, best.distance};
  };

  for (auto const& [row, column] : config.model.target) {
    BELLSHARD_INPUT(row < geometry_.rows && column < geometry_.columns,
                    "model.target [{}, {}] lies outside the map of {} rows and {} columns (counted from 0)", row, column, geometry_.rows, geometry_.columns);
    auto const [index, distance] = nearest(
        [row = row](std::int64_t r) { return std::abs(static_cast<double>(r - row)); },
        [row = row, column = column](std::int64_t r, std::int64_t c) {
          return std::hypot(static_cast<double>(r - row), static_cast<double>(c - column));
        });
    BELLSHARD_INPUT(distance == 0, "model.target [{}, {}] is a blocked cell; the nearest free one is [{}, {}]", row, column,
                    index / geometry_.columns, index % geometry_.columns);
    targets_.push_back(index);
  }
  for (auto const& [lat, lon] : config.model.target_lat_lon) {
    BELLSHARD_INPUT(geometry_.geographic(), "model.target_lat_lon needs a grid with coordinates; {} has none: give model.target = [[row, column]]",
                    config.model.file.empty() ? "model.map" : config.model.file.string());
    BELLSHARD_INPUT(std::abs(lat) <= 90, "model.target_lat_lon [{}, {}]: latitude must lie in [-90, 90]; the order is [lat, lon]", lat, lon);
    auto const latitude = [&](std::int64_t r) { return geometry_.latitude[static_cast<std::size_t>(r)]; };
    auto const longitude = [&](std::int64_t c) { return geometry_.longitude[static_cast<std::size_t>(c)]; };
    auto const [index, distance] = nearest(
        [&, lat = lat](std::int64_t r) { return great_circle(lat, 0, latitude(r), 0) - 1e-6; },
        [&, lat = lat, lon = lon](std::int64_t r, std::int64_t c) { return great_circle(lat, lon, latitude(r), longitude(c)); });
    BELLSHARD_INPUT(distance <= config.model.target_within,
                    "model.target_lat_lon [{}, {}] is blocked, and the nearest free cell (lat {:.4f}, lon {:.4f}) is {:.1f} km away; "
                    "move the target or raise model.target_within = {}",
                    lat, lon, latitude(index / geometry_.columns), longitude(index % geometry_.columns), distance, config.model.target_within);
    targets_.push_back(index);
  }
  std::sort(targets_.begin(), targets_.end());
  targets_.erase(std::unique(targets_.begin(), targets_.end()), targets_.end());
  for (auto index : targets_) {
    if (own_.contains(index / layout.columns)) {
      host(layout.index(index / layout.columns - own_.begin, index % layout.columns)) = static_cast<std::uint8_t>(dp::Cell::target);
    }
  }
  Kokkos::deep_copy(cell_, host);
  start_refresh(cell_);
  finish_refresh(cell_);
}

}  // namespace bellshard::value_iteration
