#pragma once
#include <string>

#include "io/hdf5/input_file.hpp"
#include "io/import/raster.hpp"

namespace bellshard::io {

/// A netCDF-4 or HDF5 grid with coordinates lat and lon [degrees] and a 2-D mask z[lat, lon]: 0 free, else blocked.
/// What `gmt grdlandmask` writes. Read in parallel in bounded pieces.
class MaskGrid : public RasterSource {
 public:
  MaskGrid(MPI_Comm comm, std::filesystem::path const& path);
  void read(Block rows, std::uint8_t* free) override;

 private:
  MPI_Comm comm_;
  InputFile file_;
  std::string mask_ = "z";
};

}  // namespace bellshard::io
