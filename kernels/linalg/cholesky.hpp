#pragma once
#include "kernels/elementary/exp_log.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::linalg {

/// Entries of the lower half of a symmetric matrix, row by row; entry (row, column), column <= row, is at row (row + 1) / 2 + column.
KOKKOS_INLINE_FUNCTION constexpr std::int64_t half_entries(std::int64_t rows) { return rows * (rows + 1) / 2; }

namespace detail {

/// Entries (row .. row + rows - 1, column .. column + columns - 1) less what the columns before `before` have in them: the sums stay in registers.
template <int rows, int columns>
KOKKOS_INLINE_FUNCTION void subtract_products(double* matrix, int row, int column, int before) {
  Pack sum[rows][columns];
  double* left[rows];
  double const* right[columns];
  for (int r = 0; r < rows; ++r) left[r] = matrix + half_entries(row + r) * pack_width;
  for (int c = 0; c < columns; ++c) right[c] = matrix + half_entries(column + c) * pack_width;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) sum[r][c] = load_pack(left[r] + (column + c) * pack_width);
  }
  for (int k = 0; k < before; ++k) {
    Pack of_column[columns];
    for (int c = 0; c < columns; ++c) of_column[c] = load_pack(right[c] + k * pack_width);
    for (int r = 0; r < rows; ++r) {
      Pack const of_row = load_pack(left[r] + k * pack_width);
      for (int c = 0; c < columns; ++c) sum[r][c] = fused(-of_row, of_column[c], sum[r][c]);
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) store_pack(left[r] + (column + c) * pack_width, sum[r][c]);
  }
}

/// The same for `columns` entries, at most four, of one row.
KOKKOS_INLINE_FUNCTION void subtract_from_row(double* matrix, int row, int column, int columns, int before) {
  if (columns == 1) subtract_products<1, 1>(matrix, row, column, before);
  else if (columns == 2) subtract_products<1, 2>(matrix, row, column, before);
  else if (columns == 3) subtract_products<1, 3>(matrix, row, column, before);
  else subtract_products<1, 4>(matrix, row, column, before);
}

/// Entries (row, first .. first + columns - 1) of L, from which the columns before `first` are subtracted already; a diagonal entry comes as 1 / L(row, row).
/// Gives its square, or 1 where the diagonal is not among them.
KOKKOS_INLINE_FUNCTION Pack finish_row(double* matrix, int row, int first, int columns) {
  double* const line = matrix + half_entries(row) * pack_width;
  Pack pivot = Pack{} + 1.0;
  for (int c = first; c < first + columns; ++c) {
    double const* const other = matrix + half_entries(c) * pack_width;
    Pack sum = load_pack(line + c * pack_width);
    for (int k = first; k < c; ++k) sum = fused(-load_pack(line + k * pack_width), load_pack(other + k * pack_width), sum);
    if (c == row) pivot = sum;
    store_pack(line + c * pack_width, c == row ? 1.0 / square_root(sum) : sum * load_pack(other + c * pack_width));
  }
  return pivot;
}

}  // namespace detail

/// The Cholesky factors L of a pack of matrices of `rows` rows, in place: [entry of the lower half, lane]. The diagonal holds 1 / L(i, i). A lane that is not
/// positive definite ends up with something that is not a number. Gives the log of each determinant. `below` more rows of `rows` entries each, which follow the matrix,
/// become solutions z' of L z = b at the same time.
KOKKOS_INLINE_FUNCTION Pack factor(double* matrix, int rows, int below = 0) {
  constexpr int tile = 4;
  Pack log_determinant{};
  for (int column = 0; column < rows; column += tile) {
    int const columns = column + tile < rows ? tile : rows - column;
    Pack product = Pack{} + 1.0;
    for (int row = column; row < column + columns; ++row) {
      detail::subtract_from_row(matrix, row, column, row - column + 1, column);
      product *= detail::finish_row(matrix, row, column, row - column + 1);
    }
    log_determinant += logarithm(product);
    for (int row = column + columns; row < rows + below; row += tile) {
      int const height = row + tile < rows + below ? tile : rows + below - row;
      if (height == tile && columns == tile) detail::subtract_products<tile, tile>(matrix, row, column, column);
      for (int r = row; r < row + height; ++r) {
        if (height < tile || columns < tile) detail::subtract_from_row(matrix, r, column, columns, column);
        detail::finish_row(matrix, r, column, columns);
      }
    }
  }
  return log_determinant;
}

/// L z = b for a pack, in place: [row, lane].
KOKKOS_INLINE_FUNCTION void solve_lower(double const* factor, int rows, double* b) {
  for (int row = 0; row < rows; ++row) {
    double const* const line = factor + half_entries(row) * pack_width;
    Pack sum = load_pack(b + row * pack_width);
    for (int k = 0; k < row; ++k) sum = fused(-load_pack(line + k * pack_width), load_pack(b + k * pack_width), sum);
    store_pack(b + row * pack_width, sum * load_pack(line + row * pack_width));
  }
}

/// L' z = b for a pack, in place.
KOKKOS_INLINE_FUNCTION void solve_upper(double const* factor, int rows, double* b) {
  for (int row = rows - 1; row >= 0; --row) {
    double const* const line = factor + half_entries(row) * pack_width;
    Pack const value = load_pack(b + row * pack_width) * load_pack(line + row * pack_width);
    store_pack(b + row * pack_width, value);
    for (int k = 0; k < row; ++k) store_pack(b + k * pack_width, fused(-load_pack(line + k * pack_width), value, load_pack(b + k * pack_width)));
  }
}

/// Factors many small matrices: matrix [pack, entry of the lower half, lane] in place, log_determinant [pack, 0, lane].
inline void factor_all(Execution const& execution, int rows, PackedTable const& matrix, PackedTable const& log_determinant) {
  Kokkos::parallel_for(
      "bellshard::linalg::factor_all", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(matrix.extent(0))),
      KOKKOS_LAMBDA(std::int64_t pack) { store_pack(&log_determinant(pack, 0, 0), factor(&matrix(pack, 0, 0), rows)); });
}

}  // namespace bellshard::linalg
