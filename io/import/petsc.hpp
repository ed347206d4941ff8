#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"

namespace bellshard::io {

/// PETSc binary files as madupite writes them: the transition matrix, (states * actions) x states with row = state * actions +
/// action, and beside it the costs, states x actions, which become the reward "cost" (use objective = "min"). `path` is the
/// transitions' file, whose name holds P as a word (NAME_P.bin, P.bin, pend_P_121_5.bin); the costs' has g in its place.
/// Exit 4 with the place; files of 64-bit indices are told apart and read, too.
ExplicitMdp read_petsc(std::filesystem::path const& path);

}  // namespace bellshard::io
