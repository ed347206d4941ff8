// Files of HDF5: models, checkpoints, masks, tables of layers, and whatever inspect and diff look at. See hdf5_notation.hpp.
#include <hdf5.h>
#include <mpi.h>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/input_file.hpp"
#include "io/import/raster.hpp"
#include "io/mdp/check.hpp"
#include "io/mdp/mdp_file.hpp"
#include "src/allocation/table.hpp"
#include "src/base/error.hpp"
#include "tests/fuzz/clang/hdf5_notation.hpp"
#include "tests/fuzz/clang/readers.hpp"
#include "tests/fuzz/clang/scratch.hpp"

namespace bellshard::fuzz {
namespace {

/// Objects of HDF5 that a reader leaves open, whether it takes the file or not.
struct NothingLeftOpen {
  ~NothingLeftOpen() {
    auto const left = H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL);
    if (left != 0) report(fmt::format("{} objects of HDF5 are left open", left));
  }
};

std::filesystem::path written(Scratch const& scratch, std::string const& name, std::string_view notation) {
  Hdf5Notation(notation).write(scratch.path(name));
  return scratch.path(name);
}

}  // namespace

void read_hdf5_model(std::string_view bytes) {
  NothingLeftOpen const counted;
  Scratch const scratch;
  auto const mdp = io::read_mdp(written(scratch, "m.h5", bytes));
  io::check(mdp, "taken", 1e-6);
}

/// As a restart does: the newest whole one, then an array of a known shape.
void read_hdf5_checkpoint(std::string_view bytes) {
  NothingLeftOpen const counted;
  Scratch const scratch;
  written(scratch, "r.checkpoint-000001.h5", bytes);
  io::CheckpointStore const store(MPI_COMM_SELF, scratch.path("r"));
  auto const found = store.newest([](std::string const&) {});
  if (!found) report("there is a checkpoint, but none is found");
  std::vector<double> value(3);
  io::ShardedArray array{"value", io::ElementType::float64, {3}, {0, 3}, false, "1", "a value of each state"};
  array.store = [&](Block items, void const* host) { std::copy_n(static_cast<double const*>(host), items.size(), value.begin() + items.begin); };
  for (auto const& column : store.read(*found, {array})) {
    if (column.name.size() > bytes.size()) report("a column's name is longer than the file");
  }
}

void read_hdf5_mask(std::string_view bytes) {
  NothingLeftOpen const counted;
  Scratch const scratch;
  auto const map = io::open_raster(MPI_COMM_SELF, written(scratch, "m.nc", bytes));
  std::vector<std::uint8_t> free(static_cast<std::size_t>(map->rows() * map->columns()));
  map->read({0, map->rows()}, free.data());
}

void read_hdf5_layers(std::string_view bytes) {
  NothingLeftOpen const counted;
  Scratch const scratch;
  allocation::read_table(MPI_COMM_SELF, written(scratch, "layers.h5", bytes));
}

/// Every question that may be asked of a file, about every object in it.
void read_hdf5_any(std::string_view bytes) {
  NothingLeftOpen const counted;
  Scratch const scratch;
  io::InputFile const file(MPI_COMM_SELF, written(scratch, "r.h5", bytes));
  std::vector<std::string> names{"/"};
  for (auto const* group : {"/", "/results", "/label"}) {
    if (!file.has(group)) continue;
    try {
      for (auto const& child : file.children(group)) names.push_back((group[1] == '\0' ? "/" : std::string(group) + "/") + child);
    } catch (Error const& error) {
      if (error.code() != ExitCode::bad_input) throw;
    }
  }
  auto const ask = [](auto const& question) {
    try {
      question();
    } catch (Error const& error) {
      if (error.code() != ExitCode::bad_input) throw;
    }
  };
  for (auto const& name : names) {
    ask([&] {
      for (auto const& attribute : file.attributes(name)) {
        file.text_attribute(name, attribute);
        file.number_attributes(name, attribute);
      }
    });
    ask([&] { file.axes(name); });
    ask([&] { file.scale(name); });
    ask([&] { file.type(name); });
    ask([&] { file.read_text(name); });
    ask([&] { file.read_all<double>(name); });
    ask([&] { file.read_all<std::uint8_t>(name); });
  }
}

}  // namespace bellshard::fuzz
