// Octile maps and maps that are drawn in a job file.
#include <memory>

#include "io/import/octile_map.hpp"
#include "tests/fuzz/clang/readers.hpp"
#include "tests/fuzz/clang/scratch.hpp"

namespace bellshard::fuzz {
namespace {

/// Row by row, and all at once: the same cells.
void read_twice(io::RasterSource& map) {
  auto const columns = static_cast<std::size_t>(map.columns());
  std::vector<std::uint8_t> row(columns), all(columns * static_cast<std::size_t>(map.rows()));
  map.read({0, map.rows()}, all.data());
  for (std::int64_t r = 0; r < map.rows(); ++r) {
    map.read({r, r + 1}, row.data());
    if (!std::equal(row.begin(), row.end(), all.begin() + r * map.columns())) report("a row differs when it is read alone");
  }
}

}  // namespace

void read_octile_map(std::string_view bytes) {
  Scratch const scratch;
  io::OctileMap map(scratch.write("m.map", bytes));
  read_twice(map);
}

void read_drawing(std::string_view bytes) { read_twice(*io::drawn_raster(std::string(bytes), "model.map")); }

}  // namespace bellshard::fuzz
