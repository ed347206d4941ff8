#include "src/dense/dense.hpp"

#include <Eigen/Eigenvalues>

#include "src/base/error.hpp"

namespace bellshard::dense {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace

SymmetricEigen symmetric_eigen(std::vector<double> const& matrix, std::int64_t n) {
  Eigen::Map<Matrix const> const given(matrix.data(), n, n);
  Eigen::SelfAdjointEigenSolver<Matrix> const solver(given);
  if (!given.allFinite() || solver.info() != Eigen::Success) fail(ExitCode::bug, "the eigenvectors of a matrix of {} columns were not found", n);
  SymmetricEigen found;
  Matrix const descending = solver.eigenvectors().rowwise().reverse();
  found.value.assign(solver.eigenvalues().reverse().begin(), solver.eigenvalues().reverse().end());
  found.vector.assign(descending.data(), descending.data() + n * n);
  return found;
}

}  // namespace bellshard::dense
