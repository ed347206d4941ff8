#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/vectors.hpp"

namespace bellshard::dp {

/// The eight moves on a raster, clockwise: 0 N, 1 NE, 2 E, 3 SE, 4 S, 5 SW, 6 W, 7 NW.
inline constexpr int move_count = 8;

/// What a cell is; also the values of the variable "cell" in a result.
enum class Cell : std::uint8_t { blocked = 0, free = 1, target = 2, unreachable = 3 };

/// How the rows of one rank lie in memory. One margin row on each side and a ghost column on each side, so that no
/// neighbour needs a test of the border; rows are padded such that column 0 of each lies on a cache line:
///
///     pad ... ghost | column 0 ... columns-1 | ghost pad ...    <- margin row -1 (of the rank before)
///     pad ... ghost | column 0 ... columns-1 | ghost pad ...    <- own row 0
///     ...                                                       <- margin row `rows` (of the rank after)
struct RasterLayout {
  static constexpr std::int64_t line = 8;  ///< doubles of a cache line; the pad before column 0
  std::int64_t rows = 0;                   ///< own rows
  std::int64_t columns = 0;                ///< of the map

  KOKKOS_INLINE_FUNCTION std::int64_t stride() const { return line + (columns + line) / line * line; }
  KOKKOS_INLINE_FUNCTION std::int64_t size() const { return (rows + 2) * stride(); }
  /// Own row (-1 and `rows` are the margins), column (-1 and `columns` are the ghosts).
  KOKKOS_INLINE_FUNCTION std::int64_t index(std::int64_t row, std::int64_t column) const {
    return (row + 1) * stride() + line + column;
  }
};

/// Value of a state after one backup, and how far the value before was from it.
struct Backup {
  double value;  ///< least expected cost over the moves, self-loops solved for [cost]
  double ratio;  ///< min over moves of (Q(move) - value before) / cost(move) [1]; 0 at the fixed point
  int move;      ///< lowest move that gives this value
};

/// Stochastic shortest path on a raster, matrix-free: a move goes where it aims with probability 1 - 2 drift and to the
/// 45-degree neighbour on either side with probability drift each; what is blocked or off the map is not entered, but paid.
///
/// Self-loops are solved for exactly: V = c + g (sum p v + stay V)  <=>  V = (c + g sum p v) / (1 - g stay).
class RasterModel {
 public:
  RasterLayout layout;
  double aimed = 0.8;   ///< discount * (1 - 2 drift)
  double beside = 0.1;  ///< discount * drift
  /// 1 - discount * probability to stay, and its reciprocal, by which of (left, aimed, right) are open: bits 1, 2, 4.
  double leave[8] = {};
  double inverse_leave[8] = {};
  std::int64_t offset[move_count] = {};  ///< local index of the neighbour minus the own
  /// Cost of each move in each own row [cost], laid out [row][move]; and its reciprocal, for the ratio.
  Array<double const> cost;
  Array<double const> inverse_cost;
  Array<double const> inverse_least_cost;  ///< 1 / least cost over the moves, [row]
  /// Bit b: the neighbour in direction b may be entered. 0: the cell is frozen (blocked, target, unreachable, enclosed).
  Array<std::uint8_t const> open;

  /// Which of the three outcomes of `move` are open, as an index of leave[].
  KOKKOS_FORCEINLINE_FUNCTION static unsigned pattern(unsigned open_bits, int move) {
    unsigned const twice = open_bits | (open_bits << 8);
    return (twice >> ((move + 7) & 7)) & 7u;
  }

  /// One backup of the state at local index i in own row `row`, from the values as they stand.
  KOKKOS_FORCEINLINE_FUNCTION Backup backup(double const* values, std::int64_t i, std::int64_t row, unsigned open_bits) const {
    return open_bits == 255 ? backup_in<Water::open>(values, i, row, open_bits) : backup_in<Water::coast>(values, i, row, open_bits);
  }

  /// Q of one move, self-loop not solved for: the plain Bellman right-hand side, as the proofs use it [cost].
  KOKKOS_INLINE_FUNCTION double plain_backup(double const* values, std::int64_t i, std::int64_t row, unsigned open_bits,
                                             int move) const {
    int const left = (move + 7) & 7;
    int const right = (move + 1) & 7;
    double const ahead = (open_bits >> move & 1u) != 0 ? values[i + offset[move]] : values[i];
    double const at_left = (open_bits >> left & 1u) != 0 ? values[i + offset[left]] : values[i];
    double const at_right = (open_bits >> right & 1u) != 0 ? values[i + offset[right]] : values[i];
    return fused(beside, at_left + at_right, fused(aimed, ahead, cost(row * move_count + move)));
  }

 private:
  /// Open water needs no tests; both give the same bits there.
  enum class Water { open, coast };
  template <Water water>
  KOKKOS_FORCEINLINE_FUNCTION Backup backup_in(double const* values, std::int64_t i, std::int64_t row, unsigned open_bits) const {
    constexpr bool open_water = water == Water::open;
    double v[move_count];
    for (int b = 0; b < move_count; ++b) {
      double const neighbour = values[i + offset[b]];  // margins and ghosts: every neighbour lies in memory, no branch is needed
      v[b] = open_water || (open_bits >> b & 1u) != 0 ? neighbour : 0.0;
    }
    double const before = values[i];
    double const* c = &cost(row * move_count);
    double const* ic = &inverse_cost(row * move_count);
    Backup best{1e300, 1e300, -1};
    for (int a = 0; a < move_count; ++a) {
      unsigned const outcomes = open_water ? 7u : pattern(open_bits, a);
      double x = fused(beside, v[(a + 7) & 7] + v[(a + 1) & 7], fused(aimed, v[a], c[a]));
      if (!open_water) x *= inverse_leave[outcomes];
      double ratio = (x - before) * ic[a];
      if (!open_water) ratio *= leave[outcomes];
      best.move = x < best.value ? a : best.move;
      best.value = x < best.value ? x : best.value;
      best.ratio = ratio < best.ratio ? ratio : best.ratio;
    }
    return best;
  }
};

}  // namespace bellshard::dp
