#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

namespace bellshard::io {

/// A matrix of PETSc's binary format, as MatLoad reads it, in compressed rows.
struct PetscMatrix {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::vector<std::int64_t> offset{0};  ///< [rows + 1]
  std::vector<std::int64_t> column;
  std::vector<double> value;
};

/// Big-endian: class id 1211216, rows, columns, entries, then the lengths of the rows, the columns and the values (float64); entries
/// = -1 stands for a dense matrix, whose values alone follow, row by row. Integers have 32 bits, or 64 where PETSc was built so.
/// Exit 4 for other contents, with the first index that is wrong.
PetscMatrix read_petsc_matrix(std::filesystem::path const& path);

}  // namespace bellshard::io
