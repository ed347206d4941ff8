#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// Reads a model in the unified Markov binary format (UMB, version 1; pmc-tools/umb on GitHub): discrete-time Markov chains
/// and decision processes, with probabilities as double, rational or intervals of these. Rewards of states, choices and
/// branches become the expected reward of the pair; initial states the label "init"; variables of the states coordinates.
/// Checked; exit 4 with the file inside the archive, or with what Bellshard does not solve (games, continuous time,
/// partial observation).
ExplicitMdp read_umb(std::filesystem::path const& path);

}  // namespace bellshard::io
