#pragma once
#include <cstdint>
#include <vector>

namespace bellshard::corpus_index {

/// A small symmetric matrix taken apart.
struct SymmetricEigen {
  std::vector<double> value;   ///< descending
  std::vector<double> vector;  ///< [row, k]: column k belongs to value k
};

/// matrix [n, n]; exit 1 where it is not finite.
SymmetricEigen symmetric_eigen(std::vector<double> const& matrix, std::int64_t n);

}  // namespace bellshard::corpus_index
