#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// Storm's DRN, text: Markov chains and MDPs, with intervals too. The reward of a pair is that of its action plus that of its
/// state. Valuations, which Storm writes as comments (//[x=1 & !b]) behind a state, become coordinates where every state has
/// the same ones. Exit 4 with the line; continuous-time, partially observed and parametric models are refused.
ExplicitMdp read_drn(std::filesystem::path const& path);

}  // namespace bellshard::io
