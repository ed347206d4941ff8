#pragma once
#include "kernels/elementary/exp_log.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::linalg {

/// Entries of the lower half of a symmetric matrix, row by row; entry (row, column), column <= row, is at row (row + 1) / 2 + column.
KOKKOS_INLINE_FUNCTION constexpr std::int64_t half_entries(std::int64_t rows) { return rows * (rows + 1) / 2; }

namespace detail {

/// Entries (row .. row + rows - 1, column .. column + columns - 1) less what the columns before have in them; the sums stay in registers.
/// solved: the columns of the tile have their diagonal, so the entries become those of L.
enum class Tile { summed, solved };
template <Tile tile, int rows, int columns>
KOKKOS_INLINE_FUNCTION void take_tile(double* matrix, int row, int column) {
  Pack sum[rows][columns];
  double* left[rows];
  double const* right[columns];
  for (int r = 0; r < rows; ++r) left[r] = matrix + half_entries(row + r) * pack_width;
  for (int c = 0; c < columns; ++c) right[c] = matrix + half_entries(column + c) * pack_width;
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) sum[r][c] = load_pack(left[r] + (column + c) * pack_width);
  }
  for (int k = 0; k < column; ++k) {
    Pack of_column[columns];
    for (int c = 0; c < columns; ++c) of_column[c] = load_pack(right[c] + k * pack_width);
    for (int r = 0; r < rows; ++r) {
      Pack const of_row = -load_pack(left[r] + k * pack_width);
      for (int c = 0; c < columns; ++c) sum[r][c] = fused(of_row, of_column[c], sum[r][c]);
    }
  }
  if constexpr (tile == Tile::solved) {
    for (int c = 0; c < columns; ++c) {
      for (int k = 0; k < c; ++k) {
        Pack const factor = -load_pack(right[c] + (column + k) * pack_width);
        for (int r = 0; r < rows; ++r) sum[r][c] = fused(sum[r][k], factor, sum[r][c]);
      }
      Pack const inverse = load_pack(right[c] + (column + c) * pack_width);
      for (int r = 0; r < rows; ++r) sum[r][c] *= inverse;
    }
  }
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) store_pack(left[r] + (column + c) * pack_width, sum[r][c]);
  }
}

/// The same for `columns` entries, at most four, of one row.
template <Tile tile>
KOKKOS_INLINE_FUNCTION void take_row(double* matrix, int row, int column, int columns) {
  if (columns == 1) take_tile<tile, 1, 1>(matrix, row, column);
  else if (columns == 2) take_tile<tile, 1, 2>(matrix, row, column);
  else if (columns == 3) take_tile<tile, 1, 3>(matrix, row, column);
  else take_tile<tile, 1, 4>(matrix, row, column);
}

/// Entries (row, first .. row) of L, from which the columns before `first` are subtracted already; the diagonal one comes as 1 / L(row, row). Gives its square.
KOKKOS_INLINE_FUNCTION Pack finish_diagonal(double* matrix, int row, int first) {
  double* const line = matrix + half_entries(row) * pack_width;
  Pack pivot = load_pack(line + row * pack_width);
  for (int c = first; c < row; ++c) {
    double const* const other = matrix + half_entries(c) * pack_width;
    Pack sum = load_pack(line + c * pack_width);
    for (int k = first; k < c; ++k) sum = fused(-load_pack(line + k * pack_width), load_pack(other + k * pack_width), sum);
    sum *= load_pack(other + c * pack_width);
    store_pack(line + c * pack_width, sum);
    pivot = fused(-sum, sum, pivot);
  }
  store_pack(line + row * pack_width, 1.0 / square_root(pivot));
  return pivot;
}

}  // namespace detail

enum class RightSide { none, one };

/// The Cholesky factors L of a pack of matrices of `rows` rows, in place: [entry of the lower half, lane]. The diagonal holds 1 / L(i, i). A lane that is not
/// positive definite ends up with something that is not a number. Gives the log of each determinant. A right side b, `rows` entries that follow
/// the matrix, becomes z of L z = b at the same time.
KOKKOS_INLINE_FUNCTION Pack factor(double* matrix, int rows, RightSide right_side = RightSide::none) {
  constexpr int tile = 4;
  int const all_rows = rows + (right_side == RightSide::one ? 1 : 0);
  Pack log_determinant{};
  for (int column = 0; column < rows; column += tile) {
    int const columns = column + tile < rows ? tile : rows - column;
    Pack product = Pack{} + 1.0;
    for (int row = column; row < column + columns; ++row) {
      detail::take_row<detail::Tile::summed>(matrix, row, column, row - column + 1);
      product *= detail::finish_diagonal(matrix, row, column);
    }
    log_determinant += logarithm(product);
    for (int row = column + columns; row < all_rows; row += tile) {
      if (row + tile <= all_rows && columns == tile) {
        detail::take_tile<detail::Tile::solved, tile, tile>(matrix, row, column);
      } else {
        for (int r = row; r < row + tile && r < all_rows; ++r) detail::take_row<detail::Tile::solved>(matrix, r, column, columns);
      }
    }
  }
  return log_determinant;
}

/// L z = b for a pack, in place: [row, lane]. Rows before `first` of b are 0, and stay so.
KOKKOS_INLINE_FUNCTION void solve_lower(double const* factor, int rows, double* b, int first = 0) {
  for (int row = first; row < rows; ++row) {
    double const* const line = factor + half_entries(row) * pack_width;
    Pack sum = load_pack(b + row * pack_width);
    for (int k = first; k < row; ++k) sum = fused(-load_pack(line + k * pack_width), load_pack(b + k * pack_width), sum);
    store_pack(b + row * pack_width, sum * load_pack(line + row * pack_width));
  }
}

/// L' z = b for a pack, in place, the rows from `first` on.
KOKKOS_INLINE_FUNCTION void solve_upper(double const* factor, int rows, double* b, int first = 0) {
  for (int row = rows - 1; row >= first; --row) {
    double const* const line = factor + half_entries(row) * pack_width;
    Pack const value = load_pack(b + row * pack_width) * load_pack(line + row * pack_width);
    store_pack(b + row * pack_width, value);
    for (int k = first; k < row; ++k) store_pack(b + k * pack_width, fused(-load_pack(line + k * pack_width), value, load_pack(b + k * pack_width)));
  }
}

/// Factors many small matrices: matrix [pack, entry of the lower half, lane] in place, log_determinant [pack, 0, lane].
inline void factor_all(Execution const& execution, int rows, PackedTable const& matrix, PackedTable const& log_determinant) {
  Kokkos::parallel_for(
      "bellshard::linalg::factor_all", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(matrix.extent(0))),
      KOKKOS_LAMBDA(std::int64_t pack) { store_pack(&log_determinant(pack, 0, 0), factor(&matrix(pack, 0, 0), rows)); });
}

/// The inverses of the matrices that factor_all had: inverse [pack, row * rows + column, lane], symmetric to the last bit.
inline void invert_all(Execution const& execution, int rows, PackedTable const& factor, PackedTable const& inverse) {
  Kokkos::parallel_for(
      "bellshard::linalg::invert_all", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(factor.extent(0)) * rows),
      KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const pack = item / rows;
        int const column = static_cast<int>(item % rows);
        double* const b = &inverse(pack, static_cast<std::int64_t>(column) * rows, 0);  // what lies before the diagonal comes from the other columns
        for (int row = column; row < rows; ++row) store_pack(b + row * pack_width, Pack{} + (row == column ? 1.0 : 0.0));
        solve_lower(&factor(pack, 0, 0), rows, b, column);
        solve_upper(&factor(pack, 0, 0), rows, b, column);
        for (int row = column + 1; row < rows; ++row) store_pack(&inverse(pack, static_cast<std::int64_t>(row) * rows + column, 0), load_pack(b + row * pack_width));
      });
}

}  // namespace bellshard::linalg
