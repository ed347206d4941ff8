#pragma once
#include <cstdint>
#include <vector>

namespace bellshard::dense {

// Small dense matrices [n, n] in host memory, row by row: what every rank computes alike, by itself.

/// A symmetric matrix taken apart.
struct SymmetricEigen {
  std::vector<double> value;   ///< descending
  std::vector<double> vector;  ///< [row, k]: column k belongs to value k
};

/// Exit 1 where the matrix is not finite.
SymmetricEigen symmetric_eigen(std::vector<double> const& matrix, std::int64_t n);

}  // namespace bellshard::dense
