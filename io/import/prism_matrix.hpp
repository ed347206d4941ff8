#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

struct PrismMatrix {
  ExplicitMdp mdp;            ///< transitions and names of actions alone
  bool markov_chain = false;  ///< lines name no choice
};

/// A .tra file: "STATES TRANSITIONS" and lines "STATE NEXT P [ACTION]" for a Markov chain, "STATES CHOICES TRANSITIONS" and lines
/// "STATE CHOICE NEXT P [ACTION]" for an MDP, in any order; P may be an interval [low,high]. Exit 4 with the line.
PrismMatrix read_prism_matrix(std::filesystem::path const& path);

}  // namespace bellshard::io
