#pragma once
#include <cstddef>

namespace bellshard::io {

/// How much of an array is on its way at once. A piece holds whole items of axis 0, at least one.
struct StreamLimits {
  std::size_t piece = std::size_t{64} << 20;     ///< staging buffer between an array and its file [B]
  std::size_t transfer = std::size_t{1} << 30;   ///< one HDF5 call; MPI counts are int [B]
};

}  // namespace bellshard::io
