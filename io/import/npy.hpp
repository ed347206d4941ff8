#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bellshard::io {

/// An array of NumPy in row-major order. Whole numbers are exact up to 2^53.
struct NumpyArray {
  std::vector<std::int64_t> shape;
  std::vector<double> value;
};

/// The bytes of a .npy file, format 1.0 to 3.0: reals, integers and bools of either byte order, C or Fortran order. `place` names
/// the array in refusals (exit 4): "m.npz:P".
NumpyArray parse_npy(std::span<std::byte const> bytes, std::string const& place);

}  // namespace bellshard::io
