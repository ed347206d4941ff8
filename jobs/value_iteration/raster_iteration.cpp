#include "jobs/value_iteration/raster_iteration.hpp"

#include <algorithm>

#include "jobs/value_iteration/raster_field.hpp"
#include "kernels/dp/raster_sweep.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::value_iteration {
namespace {

constexpr std::int64_t sweeps_between_proofs = 64;
constexpr double first_threshold = 1e-1;  ///< of a calm tile, relative to the cost of a step
constexpr double threshold_factor = 0.1;
constexpr double bytes_per_update = 17;   ///< one read and one write of the value, the neighbours' bits

lattice::TileSweep::Wrap wrap_of(RasterProblem const& problem) {
  return problem.geometry().wraps ? lattice::TileSweep::Wrap::columns : lattice::TileSweep::Wrap::none;
}

}  // namespace

RasterIteration::RasterIteration(Context& context, RasterProblem& problem, Config const& config)
    : context_(context), problem_(problem), tolerance_(config.solver.tolerance), values_(problem.start()) {}

std::vector<io::ShardedArray> RasterIteration::arrays() {
  return {sharded_field(problem_, values_, "value", problem_.geometry().cost_unit(), "values of the last sweep")};
}

void RasterIteration::try_to_prove() {
  auto const enclosure = enclose(context_, problem_, values_);
  context_.log().debug("enclosure: width {:.3g}, of which rounding {:.3g}", enclosure.width, enclosure.rounding);
  proven_ = enclosure.width <= tolerance_ && proves(context_, problem_, enclosure, values_, scratch());
  at_floor_ = !proven_ && enclosure.at_rounding_floor();
}

SynchronousIteration::SynchronousIteration(Context& context, RasterProblem& problem, Config const& config)
    : RasterIteration(context, problem, config),
      next_(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::next_values"), values_.extent(0)) {
  Kokkos::deep_copy(next_, values_);
}

void SynchronousIteration::advance(std::int64_t sweep) {
  Execution const space;
  std::int64_t const rows = problem_.model().layout.rows;
  std::int64_t const inner_end = std::max<std::int64_t>(rows - 1, 1);
  problem_.start_refresh(values_);
  double change = dp::sweep_values(space, problem_.model(), 1, inner_end, values_, next_);
  problem_.finish_refresh(values_);
  change = std::max(change, dp::sweep_values(space, problem_.model(), 0, std::min<std::int64_t>(rows, 1), values_, next_));
  change = std::max(change, dp::sweep_values(space, problem_.model(), inner_end, rows, values_, next_));
  std::swap(values_, next_);
  residual_ = max_over_ranks(context_.comm(), change);
  double const cells = static_cast<double>(problem_.geometry().rows) * static_cast<double>(problem_.geometry().columns);
  work_ = {static_cast<double>(problem_.free_cells()), bytes_per_update * cells};
  if (sweep % sweeps_between_proofs == 0 || residual_ <= 0.25 * tolerance_) {
    problem_.refresh(values_);
    try_to_prove();
  }
}

OrderedIteration::OrderedIteration(Context& context, RasterProblem& problem, Config const& config)
    : RasterIteration(context, problem, config),
      tiles_(problem.model().layout.rows, problem.model().layout.columns, config.solver.tile, wrap_of(problem)),
      threshold_{std::max(first_threshold, 0.1 * config.solver.tolerance)},
      margin_before_("bellshard::margin_before", static_cast<std::size_t>(2 * problem.model().layout.stride())) {
  tiles_.set_all(Execution(), 1e30F);
}

Array<double> const& OrderedIteration::scratch() {
  if (scratch_.extent(0) == 0) {
    scratch_ = Array<double>(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::bound"), values_.extent(0));
  }
  return scratch_;
}

std::vector<io::ShardedArray> OrderedIteration::arrays() {
  auto all = RasterIteration::arrays();
  all.push_back(replicated_numbers(threshold_, "threshold", "change of a calm tile, relative to the cost of a step"));
  return all;
}

void OrderedIteration::watch_margins() {
  Execution const space;
  auto const& layout = problem_.model().layout;
  std::int64_t const stride = layout.stride();
  auto const range = [](std::int64_t begin, std::int64_t size) { return std::pair<std::int64_t, std::int64_t>(begin, begin + size); };
  auto const low = Kokkos::subview(margin_before_, range(0, stride));
  auto const high = Kokkos::subview(margin_before_, range(stride, stride));
  Kokkos::deep_copy(space, low, Kokkos::subview(values_, range(0, stride)));
  Kokkos::deep_copy(space, high, Kokkos::subview(values_, range((layout.rows + 1) * stride, stride)));
  problem_.refresh(values_);
  double const inverse_least = 1 / problem_.least_cost();
  dp::margin_change(space, layout, -1, inverse_least, values_, low, tiles_.tile(), 0, tiles_.change());
  dp::margin_change(space, layout, layout.rows, inverse_least, values_, high, tiles_.tile(),
                    (tiles_.tile_rows() + 1) * tiles_.tile_columns(), tiles_.change());
}

void OrderedIteration::advance(std::int64_t sweep) {
  Execution const space;
  auto const threshold = static_cast<float>(threshold_[0]);
  dp::GaussSeidelUpdate const update{problem_.model(), values_};
  std::int64_t const visited = tiles_.sweep(space, lattice::SweepOrder::of(sweep), threshold, update);
  watch_margins();
  residual_ = max_over_ranks(context_.comm(), static_cast<double>(tiles_.largest_change(space)));
  double const cells = sum_over_ranks(context_.comm(), static_cast<double>(visited));
  work_ = {cells, bytes_per_update * cells};

  if (residual_ > threshold_[0]) return;
  if (threshold_[0] <= 0.25 * tolerance_) try_to_prove();
  threshold_[0] = std::max(threshold_factor * threshold_[0], std::min(0.1 * tolerance_, 0.5 * threshold_[0]));
  tiles_.set_all(space, 1e30F);
}

std::unique_ptr<RasterIteration> make_iteration(Context& context, RasterProblem& problem, Config const& config) {
  if (config.solver.method == Method::jacobi) return std::make_unique<SynchronousIteration>(context, problem, config);
  return std::make_unique<OrderedIteration>(context, problem, config);
}

}  // namespace bellshard::value_iteration
