#include "io/import/model_formats.hpp"

#include "io/mdp/mdp_file.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

enum class Direction { reading, writing };

bool serves(ModelFormat const& format, Direction direction) {
  return direction == Direction::reading ? format.read != nullptr : format.write != nullptr;
}

ModelFormat const& find(std::filesystem::path const& path, Direction direction) {
  auto const name = path.filename().string();
  ModelFormat const* found = nullptr;
  std::string known;
  for (auto const& format : model_formats()) {
    if (!serves(format, direction)) continue;
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", format.extension, format.summary);
    bool const fits = name.size() > format.extension.size() && name.ends_with(format.extension);
    if (fits && (found == nullptr || format.extension.size() > found->extension.size())) found = &format;
  }
  if (found == nullptr) {
    fail(ExitCode::bad_command_line, "{}: its name does not end like a model that can be {}; there are: {}", path.string(),
         direction == Direction::reading ? "read" : "written", known);
  }
  return *found;
}

}  // namespace

std::vector<ModelFormat> const& model_formats() {
  static std::vector<ModelFormat> const formats = {
      {".h5", "MDP file, HDF5", read_mdp, write_mdp},
  };
  return formats;
}

ModelFormat const& format_to_read(std::filesystem::path const& path) { return find(path, Direction::reading); }
ModelFormat const& format_to_write(std::filesystem::path const& path) { return find(path, Direction::writing); }

}  // namespace bellshard::io
