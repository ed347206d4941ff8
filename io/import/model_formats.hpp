#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "io/mdp/explicit_mdp.hpp"
#include "io/run_record.hpp"

namespace bellshard::io {

/// A file format of whole models that `bellshard convert` knows. Reading refuses with exit 4 and the place in the file,
/// writing with exit 6; a file is written whole under its name or not at all.
struct ModelFormat {
  std::string extension;  ///< with its dot: ".h5"; the end of the file's name
  std::string summary;    ///< a few words for lists: "MDP file (HDF5)"
  std::function<ExplicitMdp(std::filesystem::path const&)> read;  ///< empty where the format is only written
  /// The record says who asks and from what file; for formats that keep such notes. Empty where the format is only read.
  std::function<void(std::filesystem::path const&, ExplicitMdp const&, RunRecord const&)> write;
};

/// All of them, one row each.
std::vector<ModelFormat> const& model_formats();

/// The format with the longest extension that the file's name ends in; exit 2 with the list where there is none, or none
/// that can be read or written.
ModelFormat const& format_to_read(std::filesystem::path const& path);
ModelFormat const& format_to_write(std::filesystem::path const& path);

}  // namespace bellshard::io
