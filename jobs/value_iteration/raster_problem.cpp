#include "jobs/value_iteration/raster_problem.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "kernels/lattice/tile_sweep.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::value_iteration {
namespace {

constexpr std::int64_t count_rows = 256;  ///< rows read at once while counting
constexpr double start_factor = 1.5;
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Free cells of each row that this rank looked at; 0 for the others. No more collective than source.read().
std::vector<std::int64_t> count_free(Context& context, io::RasterSource& source) {
  std::vector<std::int64_t> count(static_cast<std::size_t>(source.rows()), 0);
  auto const rows = Partition::equal(source.rows(), context.ranks()).block(context.rank());
  std::vector<std::uint8_t> free(static_cast<std::size_t>(count_rows * source.columns()));
  std::int64_t const longest = (source.rows() + context.ranks() - 1) / context.ranks();
  for (std::int64_t k = 0; k < longest; k += count_rows) {
    Block const part = intersect(rows, {rows.begin + k, rows.begin + k + count_rows});
    source.read(part, free.data());
    for (std::int64_t r = part.begin; r < part.end; ++r) {
      auto const* row = free.data() + (r - part.begin) * source.columns();
      count[static_cast<std::size_t>(r)] = std::count(row, row + source.columns(), std::uint8_t{1});
    }
  }
  return count;
}

}  // namespace

double great_circle(double lat_a, double lon_a, double lat_b, double lon_b) {
  constexpr double radian = std::numbers::pi / 180;
  double const u = std::sin((lat_b - lat_a) * radian / 2);
  double const v = std::sin((lon_b - lon_a) * radian / 2);
  double const h = u * u + std::cos(lat_a * radian) * std::cos(lat_b * radian) * v * v;
  return 2 * 6371.0 * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

Partition partition_by_work(Context& context, io::RasterSource& source, std::int64_t& free_cells) {
  std::vector<std::int64_t> weight;
  together(context.comm(), [&] { weight = count_free(context, source); });
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, weight.data(), static_cast<int>(weight.size()), MPI_INT64_T, MPI_SUM, context.comm()));
  free_cells = 0;
  for (auto& w : weight) {
    free_cells += w;
    w = 8 * w + source.columns();
  }
  return Partition::weighted(weight, context.ranks());
}

std::unique_ptr<io::RasterSource> open_mask(Context& context, Config const& config) {
  std::unique_ptr<io::RasterSource> source;
  together(context.comm(), [&] {
    source = config.model.file.empty() ? io::drawn_raster(config.model.map, "model.map")
                                       : io::open_raster(context.comm(), config.model.file);
  });
  return source;
}

RasterGeometry::RasterGeometry(io::RasterSource const& source)
    : rows(source.rows()), columns(source.columns()), latitude(source.latitude()), longitude(source.longitude()) {
  if (geographic()) {
    double const step = (longitude.back() - longitude.front()) / static_cast<double>(columns - 1);
    wraps = std::abs(step * static_cast<double>(columns) - 360) < 1e-3 * step;
  }
}

RasterProblem::RasterProblem(Context& context, Config const& config, std::unique_ptr<io::RasterSource> source)
    : context_(context), geometry_(*source), partition_(partition_by_work(context, *source, free_cells_)) {
  own_ = partition_.block(context.rank());
  BELLSHARD_INPUT(free_cells_ > 0, "{}: no free cell at all", config.model.file.empty() ? "model.map" : config.model.file.string());

  auto& layout = model_.layout;
  layout = {own_.size(), geometry_.columns};
  exchange_ = std::make_unique<WindowExchange>(context.comm(), partition_, 1, 1, layout.stride());
  std::int64_t const up = geometry_.north() * layout.stride();
  for (int b = 0; b < dp::move_count; ++b) {
    constexpr int north[] = {1, 1, 0, -1, -1, -1, 0, 1};
    constexpr int east[] = {0, 1, 1, 1, 0, -1, -1, -1};
    model_.offset[b] = north[b] * up + east[b];
  }
  double const discount = config.criterion.discount, drift = config.model.drift;
  model_.aimed = discount * (1 - 2 * drift);
  model_.beside = discount * drift;
  for (unsigned outcomes = 0; outcomes < 8; ++outcomes) {
    double const stay = ((outcomes & 1u) == 0 ? drift : 0) + ((outcomes & 2u) == 0 ? 1 - 2 * drift : 0) + ((outcomes & 4u) == 0 ? drift : 0);
    model_.leave[outcomes] = outcomes == 7 ? 1 : outcomes == 0 ? 1 - discount : 1 - discount * stay;
    model_.inverse_leave[outcomes] = 1 / model_.leave[outcomes];
  }

  together(context.comm(), [&] { read_cells(*source); });
  place_targets(config);
  set_costs(config);
  find_start(config);
}

template <class T>
void RasterProblem::refresh_ghosts(Array<T> const& field) {
  if (geometry_.wraps) dp::wrap_ghost_columns(Execution(), model_.layout, field);
}

template <class T>
void RasterProblem::start_refresh(Array<T> const& field) {
  refresh_ghosts(field);
  Execution().fence();
  exchange_->start<T>(field);
}

template <class T>
void RasterProblem::refresh(Array<T> const& field) {
  start_refresh(field);
  finish_refresh(field);
}

template void RasterProblem::refresh_ghosts(Array<double> const&);
template void RasterProblem::start_refresh(Array<double> const&);
template void RasterProblem::refresh(Array<double> const&);

MarginWatch::MarginWatch(RasterProblem& problem)
    : problem_(problem), before_("bellshard::margin_before", static_cast<std::size_t>(2 * problem.model().layout.stride())) {}

void MarginWatch::refresh_and_wake(Array<double> const& values, float threshold, lattice::TileTable const& table) {
  Execution const space;
  auto const& layout = problem_.model().layout;
  std::int64_t const stride = layout.stride();
  auto const range = [stride](std::int64_t row) { return std::pair<std::int64_t, std::int64_t>(row * stride, (row + 1) * stride); };
  auto const low = Kokkos::subview(before_, range(0));
  auto const high = Kokkos::subview(before_, range(1));
  Kokkos::deep_copy(space, low, Kokkos::subview(values, range(0)));
  Kokkos::deep_copy(space, high, Kokkos::subview(values, range(layout.rows + 1)));
  problem_.refresh(values);
  dp::wake_beside_margin(space, layout, -1, problem_.least_cost(), threshold, values, low, table);
  dp::wake_beside_margin(space, layout, layout.rows, problem_.least_cost(), threshold, values, high, table);
}

void RasterProblem::read_cells(io::RasterSource& source) {
  auto const& layout = model_.layout;
  cell_ = Array<std::uint8_t>("bellshard::cell", layout.size());
  auto const host = Kokkos::create_mirror_view(cell_);
  std::vector<std::uint8_t> free(static_cast<std::size_t>(count_rows * layout.columns));
  std::int64_t longest = 0;
  for (int part = 0; part < partition_.parts(); ++part) longest = std::max(longest, partition_.block(part).size());
  for (std::int64_t k = 0; k < longest; k += count_rows) {
    Block const part = intersect(own_, {own_.begin + k, own_.begin + k + count_rows});
    source.read(part, free.data());
    for (std::int64_t r = part.begin; r < part.end; ++r) {
      std::copy_n(free.data() + (r - part.begin) * layout.columns, layout.columns, host.data() + layout.index(r - own_.begin, 0));
    }
  }
  Kokkos::deep_copy(cell_, host);
}

void RasterProblem::set_costs(Config const& config) {
  std::int64_t const rows = own_.size();
  Array<double> cost("bellshard::cost", static_cast<std::size_t>(rows * dp::move_count));
  Array<double> inverse("bellshard::inverse_cost", static_cast<std::size_t>(rows * dp::move_count));
  Array<double> inverse_least("bellshard::inverse_least_cost", static_cast<std::size_t>(rows));
  auto const host_cost = Kokkos::create_mirror_view(cost);
  auto const host_inverse = Kokkos::create_mirror_view(inverse);
  auto const host_least = Kokkos::create_mirror_view(inverse_least);
  constexpr int north[] = {1, 1, 0, -1, -1, -1, 0, 1};
  constexpr int east[] = {0, 1, 1, 1, 0, 1, 1, 1};  // a cost does not tell east from west

  double least = infinity, dearest = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    double row_least = infinity;
    for (int b = 0; b < dp::move_count; ++b) {
      double value = (b & 1) != 0 ? std::numbers::sqrt2 : 1.0;
      if (geometry_.geographic()) {
        auto const& lat = geometry_.latitude;
        auto const last = geometry_.rows - 1;
        std::int64_t const here = own_.begin + r;
        std::int64_t const there = here + north[b] * geometry_.north();
        // A move off the map is paid as if the rows went on evenly.
        double const at = lat[static_cast<std::size_t>(here)];
        double const aim = there < 0      ? 2 * lat[0] - lat[1]
                           : there > last ? 2 * lat[static_cast<std::size_t>(last)] - lat[static_cast<std::size_t>(last - 1)]
                                          : lat[static_cast<std::size_t>(there)];
        double const step = (geometry_.longitude.back() - geometry_.longitude.front()) / static_cast<double>(geometry_.columns - 1);
        value = great_circle(at, 0, aim, east[b] * step) / config.model.speed;
      }
      host_cost(r * dp::move_count + b) = value;
      host_inverse(r * dp::move_count + b) = 1 / value;
      row_least = std::min(row_least, value);
      dearest = std::max(dearest, value);
    }
    host_least(r) = 1 / row_least;
    least = std::min(least, row_least);
  }
  Kokkos::deep_copy(cost, host_cost);
  Kokkos::deep_copy(inverse, host_inverse);
  Kokkos::deep_copy(inverse_least, host_least);
  model_.cost = cost;
  model_.inverse_cost = inverse;
  model_.inverse_least_cost = inverse_least;
  least_cost_ = min_over_ranks(context_.comm(), least);
  dearest_cost_ = max_over_ranks(context_.comm(), dearest);
  BELLSHARD_INPUT(least_cost_ > 0 && std::isfinite(dearest_cost_), "a step costs {} {} at speed {} km/h (every step must cost more than 0); use a slower speed",
                  least_cost_, geometry_.cost_unit(), config.model.speed);
}

void RasterProblem::find_start(Config const& config) {
  auto const& layout = model_.layout;
  Execution const space;
  bool const discounted = config.criterion.kind == CriterionKind::discounted;
  open_ = Array<std::uint8_t>("bellshard::open", static_cast<std::size_t>(layout.size()));
  model_.open = open_;
  dp::find_open_neighbours(space, model_, cell_, dp::Unreachable::live, open_);

  start_ = large_array<Array<double>>("bellshard::start", static_cast<std::size_t>(layout.size()));
  dp::start_at_targets(space, cell_, start_);

  // Shortest paths by ordered sweeps until no value falls on any rank: who stays at infinity cannot reach a target.
  lattice::TileSweep tiles(layout.rows, layout.columns, config.solver.tile, wrap());
  dp::ShortestPathUpdate const update{model_, start_, 1 / (1 - config.model.drift)};
  MarginWatch margins(*this);
  bool calm = false;
  while (!calm) {
    for (int order = 0; order < lattice::SweepOrder::count; ++order) {
      tiles.sweep(space, lattice::SweepOrder::of(order), 0.5F, 0.0F, update);
      refresh_ghosts(start_);
    }
    margins.refresh_and_wake(start_, 0.0F, tiles.table());
    calm = sum_over_ranks(context_.comm(), tiles.table().awake(space, 0.0F).count) == 0;
  }

  double const most = discounted ? dearest_cost_ / (1 - config.criterion.discount) : infinity;
  unreachable_cells_ = sum_over_ranks(
      context_.comm(), dp::finish_start(space, model_, {start_factor, most, 1 - config.criterion.discount}, cell_, start_));
  start_refresh(cell_);
  finish_refresh(cell_);
  dp::find_open_neighbours(space, model_, cell_, discounted ? dp::Unreachable::live : dp::Unreachable::frozen, open_);
  refresh(start_);

  BELLSHARD_INPUT(unreachable_cells_ + static_cast<std::int64_t>(targets_.size()) < free_cells_ || free_cells_ == static_cast<std::int64_t>(targets_.size()),
                  "no other cell can reach the target{}; it lies in a basin of its own: choose another",
                  targets_.size() > 1 ? "s" : "");
}

}  // namespace bellshard::value_iteration
