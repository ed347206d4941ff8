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

/// Inverse of a symmetric positive definite matrix, by its Cholesky factor; symmetric to the last bit. Exit 4, with what the matrix is
/// called, where it is not positive definite.
std::vector<double> inverse_of_positive(std::vector<double> const& matrix, std::int64_t n, char const* name);

}  // namespace bellshard::dense
