#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"
#include "io/run_record.hpp"

namespace bellshard::io {

/// Storm's DRN, text, atomically: @type DTMC where every state has one action, else MDP; numbers in the fewest digits that read
/// back the same. Variables of the states stand in comments, as Storm writes them; names of states have no place in the format.
/// Exit 6 with the system's reason; exit 4 for names that the format cannot hold.
void write_drn(std::filesystem::path const& path, ExplicitMdp const& mdp, RunRecord const& record = {});

}  // namespace bellshard::io
