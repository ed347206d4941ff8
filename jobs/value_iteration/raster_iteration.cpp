#include "jobs/value_iteration/raster_iteration.hpp"

#include <algorithm>

#include "jobs/value_iteration/raster_field.hpp"
#include "kernels/dp/raster_sweep.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::value_iteration {
namespace {

constexpr std::int64_t sweeps_between_proofs = 64;
constexpr double calm_share = 0.1;        ///< of the tolerance: change of a calm tile, relative to the cost of a step
constexpr float key_steps = 40;           ///< in how many steps the key limit rises to the farthest tile
constexpr double bytes_per_update = 17;   ///< one read and one write of the value, the neighbours' bits

}  // namespace

RasterIteration::RasterIteration(Context& context, RasterProblem& problem, Config const& config)
    : context_(context), problem_(problem), tolerance_(config.solver.tolerance), values_(problem.start()),
      bytes_received_(sum_over_ranks(context.comm(), 8.0 * static_cast<double>(problem.cells_received()))) {}

std::vector<io::ShardedArray> RasterIteration::arrays() {
  return {sharded_field(problem_, values_, "value", problem_.geometry().cost_unit(), "values of the last sweep")};
}

void RasterIteration::try_to_prove() {
  auto const enclosure = enclose(context_, problem_, values_);
  context_.log().debug("enclosure: width {:.3g}, of which rounding {:.3g}", enclosure.width, enclosure.rounding);
  bool const narrow = enclosure.width <= tolerance_;
  proven_ = narrow && proves(context_, problem_, enclosure, values_, scratch());
  // Sweeps leave frozen cells alone, so both stages must hold them; the proof has scaled them.
  if (narrow && !proven_) Kokkos::deep_copy(scratch(), values_);
  at_floor_ = !proven_ && enclosure.at_rounding_floor();
}

SynchronousIteration::SynchronousIteration(Context& context, RasterProblem& problem, Config const& config)
    : RasterIteration(context, problem, config),
      next_(large_array<Array<double>>("bellshard::next_values", values_.extent(0))) {
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
  auto const states = static_cast<double>(problem_.free_cells());
  work_ = {states, bytes_per_update * states, bytes_received_};
  if (sweep % sweeps_between_proofs == 0 || residual_ <= 0.25 * tolerance_) {
    problem_.refresh(values_);
    try_to_prove();
  }
}

OrderedIteration::OrderedIteration(Context& context, RasterProblem& problem, Config const& config)
    : RasterIteration(context, problem, config),
      tiles_(problem.model().layout.rows, problem.model().layout.columns, config.solver.tile, problem.wrap()), margins_(problem),
      threshold_(calm_share * config.solver.tolerance) {
  dp::set_keys(Execution(), problem.model(), problem.start(), tiles_.table());
  largest_key_ = static_cast<float>(max_over_ranks(context.comm(), tiles_.table().largest_key(Execution())));
  key_step_ = largest_key_ / key_steps;
  rounding_ = 2 * dp::backup_rounding * largest_key_ / problem.least_cost();
  threshold_ = std::max(threshold_, rounding_);
}

Array<double> const& OrderedIteration::scratch() {
  if (scratch_.extent(0) == 0) scratch_ = large_array<Array<double>>("bellshard::bound", values_.extent(0));
  return scratch_;
}

void OrderedIteration::restored() {
  RasterIteration::restored();
  tiles_.table().wake_all(Execution());
  key_limit_ = 0;
}

double OrderedIteration::share_done() const { return std::min(1.0F, key_limit_ / (largest_key_ + key_step_)); }

void OrderedIteration::advance(std::int64_t) {
  Execution const space;
  auto const threshold = static_cast<float>(threshold_);
  dp::GaussSeidelUpdate const update{problem_.model(), values_};
  std::int64_t updated = 0;
  for (int order = 0; order < lattice::SweepOrder::count; ++order) {
    updated += tiles_.sweep(space, lattice::SweepOrder::of(order), threshold, key_limit_, update);
    problem_.refresh_ghosts(values_);
  }
  margins_.refresh_and_wake(values_, threshold, tiles_.table());

  auto const awake = tiles_.table().awake(space, key_limit_);
  double worst[] = {awake.largest_change, static_cast<double>(awake.count), -awake.least_key};
  max_over_ranks(context_.comm(), worst);
  double const states = sum_over_ranks(context_.comm(), static_cast<double>(updated));
  residual_ = worst[0];
  work_ = {states, bytes_per_update * states, bytes_received_};
  if (worst[1] > 0) return;

  auto const least_key = static_cast<float>(-worst[2]);
  if (least_key <= largest_key_) {
    key_limit_ = std::max(key_limit_, least_key) + key_step_;
    return;
  }
  try_to_prove();
  if (threshold_ <= rounding_) give_up();
  threshold_ = std::max(0.5 * threshold_, rounding_);
  tiles_.table().wake_all(space);
}

std::unique_ptr<RasterIteration> make_iteration(Context& context, RasterProblem& problem, Config const& config) {
  if (config.solver.method == Method::value_iteration) return std::make_unique<SynchronousIteration>(context, problem, config);
  return std::make_unique<OrderedIteration>(context, problem, config);
}

}  // namespace bellshard::value_iteration
