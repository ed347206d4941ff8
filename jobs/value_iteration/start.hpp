#pragma once
#include <filesystem>

#include "src/mdp/problem.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::value_iteration {

/// Starts a problem from /results/value of an earlier result, or of one of several criteria from /results/NAME/value, whatever criterion, method and ranks it came from: any values are
/// sound, near ones are soon proven. Values that are not finite become 0. Exit 4 where the file is no such result, or of
/// another number of states. Collective.
void start_from_result(Context& context, std::filesystem::path const& path, std::string const& name, Partition const& states, mdp::Problem& problem);

}  // namespace bellshard::value_iteration
