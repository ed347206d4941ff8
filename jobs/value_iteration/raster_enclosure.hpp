#pragma once
#include "jobs/value_iteration/raster_problem.hpp"
#include "kernels/dp/raster_enclosure.hpp"

namespace bellshard::value_iteration {

/// Factors that turn values V into proven bounds: lower_factor V <= V* <= upper_factor V (kernels/dp/raster_enclosure.hpp).
struct Enclosure {
  double lower_factor = 0;
  double upper_factor = 0;  ///< +infinity where no finite bound is proven
  double width = 0;         ///< max over states of (upper - lower) / max(1, |upper|) [1]
  double rounding = 0;      ///< the part of the width that rounding alone costs [1]

  /// No more sweeps will narrow it: what is left is rounding.
  bool at_rounding_floor() const { return width <= 2 * rounding; }
};

/// One read-only pass over all states; margins of values filled. Collective.
Enclosure enclose(Context& context, RasterProblem& problem, Array<double> const& values);

/// bound = factor * values, margins and ghosts included.
void scale(Array<double const> const& values, double factor, Array<double> const& bound);

/// States, over all ranks, where `bound` fails its inequality. Collective; margins filled.
std::int64_t violations(Context& context, RasterProblem& problem, dp::Bound kind, Array<double> const& bound);

/// Does the pair of bounds pass both verifying sweeps? `scratch` is as large as values.
bool proves(Context& context, RasterProblem& problem, Enclosure const& enclosure, Array<double> const& values,
            Array<double> const& scratch);

}  // namespace bellshard::value_iteration
