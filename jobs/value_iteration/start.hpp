#pragma once
#include <filesystem>

#include "src/mdp/problem.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::value_iteration {

/// Starts a problem from /results/value of an earlier result, whatever criterion, method and ranks it came from: any values are
/// sound, near ones are soon proven. Values that are not finite become 0. Exit 4 where the file is no such result, or of
/// another number of states. Collective.
void start_from_result(Context& context, std::filesystem::path const& path, Partition const& states, mdp::Problem& problem);

}  // namespace bellshard::value_iteration
