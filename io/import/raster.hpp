#pragma once
#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "src/base/block.hpp"

namespace bellshard::io {

/// A 2-D mask of free and blocked cells, read row block by row block.
class RasterSource {
 public:
  virtual ~RasterSource() = default;

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  /// Cell centres in degrees; both empty for a map without coordinates.
  std::vector<double> const& latitude() const { return latitude_; }
  std::vector<double> const& longitude() const { return longitude_; }
  bool geographic() const { return !latitude_.empty(); }

  /// Rows [rows.begin, rows.end) into free [row][column], 1 free and 0 blocked. Collective; a block may be empty.
  /// Exit 4 with the row and column of what cannot be read.
  virtual void read(Block rows, std::uint8_t* free) = 0;

 protected:
  std::int64_t rows_ = 0;
  std::int64_t columns_ = 0;
  std::vector<double> latitude_;
  std::vector<double> longitude_;
};

/// Opens a mask by its content: an octile map (text: type, height, width, map; '.' free) or a netCDF-4/HDF5 grid
/// (lat, lon, z; 0 free). Collective.
std::unique_ptr<RasterSource> open_raster(MPI_Comm comm, std::filesystem::path const& path);

/// A map drawn in text, one line per row, '.' free and all else blocked; `name` stands in messages.
std::unique_ptr<RasterSource> drawn_raster(std::string const& drawing, std::string const& name);

}  // namespace bellshard::io
