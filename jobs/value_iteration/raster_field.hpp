#pragma once
#include <string>
#include <vector>

#include "io/sharded_array.hpp"
#include "jobs/value_iteration/raster_problem.hpp"

namespace bellshard::value_iteration {

/// A field of the own rows [local, with margins and ghosts] as the global array [row, column] that files hold.
/// Storing into it leaves margins and ghosts for a later refresh().
template <class T>
io::ShardedArray sharded_field(RasterProblem const& problem, Array<T> const& field, std::string name, std::string unit,
                               std::string long_name);

/// Numbers that every rank holds.
io::ShardedArray replicated_numbers(std::vector<double>& numbers, std::string name, std::string long_name);

}  // namespace bellshard::value_iteration
