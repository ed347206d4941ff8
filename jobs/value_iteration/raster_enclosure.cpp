#include "jobs/value_iteration/raster_enclosure.hpp"

#include <cmath>
#include <limits>

#include "src/dist/reduce.hpp"

namespace bellshard::value_iteration {

Enclosure enclose(Context& context, RasterProblem& problem, Array<double> const& values) {
  auto const range = dp::ratio_range(Execution(), problem.model(), values);
  double const smallest = min_over_ranks(context.comm(), range.smallest);
  double const largest = max_over_ranks(context.comm(), range.largest);
  double const rounding = max_over_ranks(context.comm(), range.rounding);
  double const most = max_over_ranks(context.comm(), range.largest_value);

  Enclosure enclosure;
  enclosure.lower_factor = 1 / (1 - smallest);
  enclosure.upper_factor = largest < 1 ? 1 / (1 - largest) : std::numeric_limits<double>::infinity();
  enclosure.rounding = 2 * rounding;
  // (u - l) v / max(1, u v) rises with v: the largest value tells.
  enclosure.width = most > 0 ? (enclosure.upper_factor - enclosure.lower_factor) * most / std::fmax(1, enclosure.upper_factor * most) : 0;
  if (!std::isfinite(enclosure.upper_factor)) enclosure.width = std::numeric_limits<double>::infinity();
  return enclosure;
}

void scale(Array<double const> const& values, double factor, Array<double> const& bound) {
  dp::scale_values(Execution(), values, factor, bound);
}

std::int64_t violations(Context& context, RasterProblem& problem, dp::Bound kind, Array<double> const& bound) {
  return sum_over_ranks(context.comm(), dp::count_violations(Execution(), problem.model(), kind, bound));
}

bool proves(Context& context, RasterProblem& problem, Enclosure const& enclosure, Array<double> const& values,
            Array<double> const& scratch) {
  if (!std::isfinite(enclosure.upper_factor)) return false;
  scale(values, enclosure.upper_factor, scratch);
  if (violations(context, problem, dp::Bound::upper, scratch) > 0) return false;
  scale(values, enclosure.lower_factor, scratch);
  return violations(context, problem, dp::Bound::lower, scratch) == 0;
}

}  // namespace bellshard::value_iteration
