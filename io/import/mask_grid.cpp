#include "io/import/mask_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>

#include "io/import/octile_map.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

constexpr std::int64_t piece_cells = 16 << 20;  // 64 MiB of float32

/// Coordinates must rise or fall strictly and be numbers.
void check_coordinate(std::vector<double> const& values, std::string const& file, std::string const& name, double limit) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    BELLSHARD_INPUT(std::isfinite(values[i]) && std::abs(values[i]) <= limit, "{}: {}[{}] = {} (must lie in [-{}, {}] degrees)", file,
                    name, i, values[i], limit, limit);
  }
  bool const rises = values.size() < 2 || values[1] > values[0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    BELLSHARD_INPUT(rises ? values[i] > values[i - 1] : values[i] < values[i - 1],
                    "{}: {}[{}] = {} after {} (coordinates must rise or fall strictly)", file, name, i, values[i], values[i - 1]);
  }
}

}  // namespace

MaskGrid::MaskGrid(MPI_Comm comm, std::filesystem::path const& path) : comm_(comm), file_(comm, path) {
  std::string const name = path.string();
  for (char const* dataset : {"lat", "lon", "z"}) {
    BELLSHARD_INPUT(file_.has(dataset), "{}: no variable \"{}\" (want lat, lon and z); write the grid with gmt grdlandmask -G{}.nc", name,
                    dataset, path.stem().string());
  }
  latitude_ = file_.read_all<double>("lat");
  longitude_ = file_.read_all<double>("lon");
  rows_ = static_cast<std::int64_t>(latitude_.size());
  columns_ = static_cast<std::int64_t>(longitude_.size());
  auto const shape = file_.shape(mask_);
  BELLSHARD_INPUT(shape.size() == 2 && shape[0] == rows_ && shape[1] == columns_,
                  "{}: z does not have the shape [lat, lon] = [{}, {}]", name, rows_, columns_);
  BELLSHARD_INPUT(rows_ >= 2 && columns_ >= 3, "{}: {} x {} cells (want at least 2 x 3)", name, rows_, columns_);
  check_coordinate(latitude_, name, "lat", 90);
  check_coordinate(longitude_, name, "lon", 360);
  BELLSHARD_INPUT(longitude_[1] > longitude_[0], "{}: lon falls from {} to {} (want it rising)", name, longitude_[0], longitude_[1]);

  double const step = (longitude_.back() - longitude_.front()) / static_cast<double>(columns_ - 1);
  for (std::size_t c = 1; c < longitude_.size(); ++c) {
    double const expected = longitude_.front() + step * static_cast<double>(c);
    BELLSHARD_INPUT(std::abs(longitude_[c] - expected) <= 1e-3 * step, "{}: lon[{}] = {} is not evenly spaced (want {})", name, c,
                    longitude_[c], expected);
  }
  BELLSHARD_INPUT(std::abs(longitude_.back() - longitude_.front() - 360) > 1e-3 * step,
                  "{}: the first and the last column are the same meridian ({} and {}); write the grid with pixel registration (gmt -r)",
                  name, longitude_.front(), longitude_.back());
  for (double edge : {latitude_.front(), latitude_.back()}) {
    BELLSHARD_INPUT(std::abs(edge) < 90 - 1e-9, "{}: a row lies on the pole (lat = {}), where steps along the row cost nothing; "
                    "write the grid with pixel registration (gmt -r)", name, edge);
  }
}

void MaskGrid::read(Block rows, std::uint8_t* free) {
  // Reading is collective: all ranks take part in as many pieces as the longest block has.
  std::int64_t const piece = std::max<std::int64_t>(1, piece_cells / columns_);
  std::int64_t pieces = (rows.size() + piece - 1) / piece;
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &pieces, 1, MPI_INT64_T, MPI_MAX, comm_));
  std::vector<float> values(static_cast<std::size_t>(std::min(piece, std::max<std::int64_t>(rows.size(), 0)) * columns_));

  std::array<std::int64_t, 2> bad = {rows_, 0};
  for (std::int64_t k = 0; k < pieces; ++k) {
    Block const part = intersect(rows, {rows.begin + k * piece, rows.begin + (k + 1) * piece});
    std::span<float> const target(values.data(), static_cast<std::size_t>(part.size() * columns_));
    file_.read(mask_, part, target);
    for (std::size_t i = 0; i < target.size(); ++i) {
      if (std::isnan(target[i]) && bad[0] == rows_) {
        bad = {part.begin + static_cast<std::int64_t>(i) / columns_, static_cast<std::int64_t>(i) % columns_};
      }
      *free++ = target[i] == 0.0F ? 1 : 0;
    }
  }
  std::int64_t first = bad[0] * columns_ + bad[1];
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT64_T, MPI_MIN, comm_));
  BELLSHARD_INPUT(first >= rows_ * columns_, "{}: z[{}, {}] is not a number (lat {}, lon {}); every cell must be 0 (free) or blocked",
                  file_.path().string(), first / columns_, first % columns_, latitude_[static_cast<std::size_t>(first / columns_)],
                  longitude_[static_cast<std::size_t>(first % columns_)]);
}

std::unique_ptr<RasterSource> open_raster(MPI_Comm comm, std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  BELLSHARD_INPUT(in.good(), "{}: cannot be read; check the path and its permissions", path.string());
  std::array<char, 4> head = {};
  in.read(head.data(), head.size());
  std::string const text(head.data(), static_cast<std::size_t>(in.gcount()));
  if (text == "type") return std::make_unique<OctileMap>(path);
  BELLSHARD_INPUT(text.substr(0, 3) != "CDF", "{}: a classic netCDF file, which cannot be read in parallel; convert it with nccopy -k nc4 {} {}", path.string(),
                  path.string(), "new.nc");
  BELLSHARD_INPUT(text == "\x89HDF", "{}: neither an octile map (begins with \"type octile\") nor a netCDF-4 or HDF5 grid", path.string());
  return std::make_unique<MaskGrid>(comm, path);
}

}  // namespace bellshard::io
