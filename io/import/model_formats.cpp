#include "io/import/model_formats.hpp"

#include "io/export/drn.hpp"
#include "io/import/drn.hpp"
#include "io/import/npz.hpp"
#include "io/import/petsc.hpp"
#include "io/import/prism_explicit.hpp"
#include "io/export/umb.hpp"
#include "io/import/umb.hpp"
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
      {".umb", "unified Markov binary", read_umb, write_umb},
      {".drn", "Storm's explicit text", read_drn, write_drn},
      {".tra", "PRISM's explicit text, with .lab .sta .srew .trew beside it", read_prism, {}},
      {".bin", "PETSc binary of madupite, NAME_P.bin with NAME_g.bin", read_petsc, {}},
      {".npz", "NumPy arrays P and R of pymdptoolbox", read_npz, {}},
  };
  return formats;
}

ModelFormat const& format_to_read(std::filesystem::path const& path) { return find(path, Direction::reading); }
ModelFormat const& format_to_write(std::filesystem::path const& path) { return find(path, Direction::writing); }

}  // namespace bellshard::io
