#pragma once
#include <filesystem>

#include "io/mdp/explicit_mdp.hpp"
#include "io/run_record.hpp"

namespace bellshard::io {

/// The MDP file (docs/formats.md): schema "bellshard.mdp", version 1. One process reads or writes the whole model; what
/// each rank needs of it is read by src/mdp.

/// Writes atomically. `record` says where the model comes from (command_line, inputs); schema and title are filled in
/// here. Exit 6 with the system's reason.
void write_mdp(std::filesystem::path const& path, ExplicitMdp const& mdp, RunRecord const& record = {});

/// Reads and checks; exit 4 with the dataset and the first offending index. An unnamed /reward of zeros, which stands in
/// the files of models without rewards, is none.
ExplicitMdp read_mdp(std::filesystem::path const& path);

}  // namespace bellshard::io
