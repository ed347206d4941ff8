#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"
#include "io/run_record.hpp"

namespace bellshard::io {

/// Writes a model in the unified Markov binary format (UMB, version 1): a tar file compressed with gzip. Rewards apply to
/// choices, labels to states, "init" to the initial states; coordinates and names of the states become variables of the
/// states. Atomic; the same model gives the same bytes. Exit 6 with the system's reason.
void write_umb(std::filesystem::path const& path, ExplicitMdp const& mdp, RunRecord const& record = {});

}  // namespace bellshard::io
