#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// PRISM's explicit files: NAME.tra (dtmc or mdp, with or without names of actions, with intervals), and what stands beside it:
/// NAME.lab (labels; without it state 0 is "init"), NAME.sta (variables), NAME.srew and NAME.trew (rewards of states and of
/// transitions; several as NAME1.srew, NAME2.srew, ...). A pair's reward is its state's plus the expected one of its transitions.
/// Exit 4 with file and line.
ExplicitMdp read_prism(std::filesystem::path const& path);

}  // namespace bellshard::io
