#pragma once
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::lattice {

/// The order in which one Gauss-Seidel sweep visits a 2-D block. Row-major or column-major, each axis up or down.
struct SweepOrder {
  enum class Major { row, column };
  enum class Sense { up, down };
  Major major = Major::row;
  Sense rows = Sense::up;
  Sense columns = Sense::up;

  /// The eight orders, one after the other.
  static SweepOrder of(std::int64_t sweep) {
    int const k = static_cast<int>(sweep & 7);
    Sense const first = (k & 1) != 0 ? Sense::down : Sense::up;
    Sense const second = (k & 2) != 0 ? Sense::down : Sense::up;
    return k < 4 ? SweepOrder{Major::row, first, second} : SweepOrder{Major::column, second, first};
  }
};

/// How the cells of one tile are visited: one after the other, or along skewed lines whose cells do not depend on each
/// other. Both give the same bits; the second keeps a device's threads busy.
enum class TileOrder { sequential, skewed };

/// Ordered sweeps over a rows x columns block whose stencil reaches the eight neighbours. The bits are those of one thread that
/// walks tile after tile, for any number of threads: tiles run along wavefronts, such that no two of a front touch.
///
///     row-major, both up, front number = 2 * tile row + tile column:     0 1 2 3 4
///                                                                        2 3 4 5 6
///                                                                        4 5 6 7 8
///
/// A tile is visited only where its own last change, or that of one of its eight neighbours, exceeds a threshold: calm water
/// costs nothing. Changes in the margins of the block are told by the caller.
class TileSweep {
 public:
  /// columns_wrap: the first and the last tile column are neighbours (their values travel through ghost columns).
  enum class Wrap { none, columns };
  TileSweep(std::int64_t rows, std::int64_t columns, std::int64_t tile, Wrap wrap)
      : rows_(rows), columns_(columns), tile_(tile), wrap_(wrap), tile_rows_((rows + tile - 1) / tile),
        tile_columns_((columns + tile - 1) / tile),
        change_(Kokkos::view_alloc("bellshard::lattice::tile_change"), (tile_rows_ + 2) * tile_columns_),
        before_(Kokkos::view_alloc("bellshard::lattice::tile_change_before"), (tile_rows_ + 2) * tile_columns_) {}

  std::int64_t tile() const { return tile_; }
  std::int64_t tile_rows() const { return tile_rows_; }
  std::int64_t tile_columns() const { return tile_columns_; }
  /// Largest change of each tile in its last visit, [tile row + 1][tile column]; row 0 and the last one are the margins'.
  Array<float> const& change() const { return change_; }
  void set_all(Execution const& space, float change) { Kokkos::deep_copy(space, change_, change); }

  /// One sweep. update(row, column) updates one cell in place and returns how much it changed (>= 0, any measure).
  /// Returns the number of cells visited.
  template <TileOrder order_in_tile = runs_on_host ? TileOrder::sequential : TileOrder::skewed, class Update>
  std::int64_t sweep(Execution const& space, SweepOrder const& order, float threshold, Update const& update) {
    Kokkos::deep_copy(space, before_, change_);
    bool const by_rows = order.major == SweepOrder::Major::row;
    std::int64_t const outer = by_rows ? tile_rows_ : tile_columns_;
    std::int64_t const inner = by_rows ? tile_columns_ : tile_rows_;
    std::int64_t visited = 0;
    for (std::int64_t front = 0; front < 2 * (outer - 1) + inner && outer > 0 && inner > 0; ++front) {
      std::int64_t const first = front < inner ? 0 : (front - inner + 2) / 2;
      std::int64_t const last = front / 2 < outer - 1 ? front / 2 : outer - 1;
      if (first > last) continue;
      visited += visit_front<order_in_tile>(space, order, threshold, update, front, first, last - first + 1);
    }
    return visited;
  }

  /// Largest change over the tiles of the block (margins left out).
  float largest_change(Execution const& space) const {
    float largest = 0;
    auto const change = change_;
    Kokkos::parallel_reduce(
        "bellshard::lattice::largest_change",
        Kokkos::RangePolicy<Execution>(space, tile_columns_, (tile_rows_ + 1) * tile_columns_),
        KOKKOS_LAMBDA(std::int64_t t, float& most) { most = change(t) > most ? change(t) : most; }, Kokkos::Max<float>(largest));
    return largest;
  }

  using Team = Kokkos::TeamPolicy<Execution>::member_type;

  /// One front of one sweep: `count` tiles from `first` on (public because device lambdas may not stand in private functions).
  template <TileOrder order_in_tile, class Update>
  std::int64_t visit_front(Execution const& space, SweepOrder const& order, float threshold, Update const& update,
                           std::int64_t front, std::int64_t first, std::int64_t count) {
    bool const by_rows = order.major == SweepOrder::Major::row;
    bool const rows_down = order.rows == SweepOrder::Sense::down;
    bool const columns_down = order.columns == SweepOrder::Sense::down;
    bool const wrap = wrap_ == Wrap::columns;
    auto const rows = rows_, columns = columns_, tile = tile_, tile_rows = tile_rows_, tile_columns = tile_columns_;
    auto const change = change_;
    auto const before = before_;
    int const threads = runs_on_host ? 1 : 32;

    std::int64_t visited = 0;
    Kokkos::parallel_reduce(
        "bellshard::lattice::sweep_front", Kokkos::TeamPolicy<Execution>(space, static_cast<int>(count), threads),
        KOKKOS_LAMBDA(Team const& team, std::int64_t& cells) {
          std::int64_t const u = first + team.league_rank();
          std::int64_t const w = front - 2 * u;
          std::int64_t tr = by_rows ? u : w;
          std::int64_t tc = by_rows ? w : u;
          if (rows_down) tr = tile_rows - 1 - tr;
          if (columns_down) tc = tile_columns - 1 - tc;

          bool active = false;
          for (std::int64_t i = tr; i <= tr + 2; ++i) {
            for (std::int64_t j = tc - 1; j <= tc + 1; ++j) {
              if (j >= 0 && j < tile_columns) active = active || change(i * tile_columns + j) > threshold;
              // Across the wrap the stage before counts: no front order holds there.
              else if (wrap) active = active || before(i * tile_columns + (j + tile_columns) % tile_columns) > threshold;
            }
          }
          if (!active) return;

          std::int64_t const row_begin = tr * tile, row_end = row_begin + tile < rows ? row_begin + tile : rows;
          std::int64_t const column_begin = tc * tile;
          std::int64_t const column_end = column_begin + tile < columns ? column_begin + tile : columns;
          std::int64_t const height = row_end - row_begin, width = column_end - column_begin;
          std::int64_t const major = by_rows ? height : width, minor = by_rows ? width : height;
          auto const visit = [&](std::int64_t a, std::int64_t b) {
            std::int64_t const i = by_rows ? a : b, j = by_rows ? b : a;
            return static_cast<float>(update(rows_down ? row_end - 1 - i : row_begin + i,
                                             columns_down ? column_end - 1 - j : column_begin + j));
          };
          float most = 0;
          if constexpr (order_in_tile == TileOrder::sequential) {
            for (std::int64_t a = 0; a < major; ++a) {
              for (std::int64_t b = 0; b < minor; ++b) {
                float const d = visit(a, b);
                most = d > most ? d : most;
              }
            }
          } else {
            for (std::int64_t line = 0; line < 2 * (major - 1) + minor; ++line) {
              float most_of_line = 0;
              Kokkos::parallel_reduce(
                  Kokkos::TeamThreadRange(team, major),
                  [&](std::int64_t a, float& m) {
                    std::int64_t const b = line - 2 * a;
                    if (b < 0 || b >= minor) return;
                    float const d = visit(a, b);
                    m = d > m ? d : m;
                  },
                  Kokkos::Max<float>(most_of_line));
              most = most_of_line > most ? most_of_line : most;
              team.team_barrier();
            }
          }
          Kokkos::single(Kokkos::PerTeam(team), [&]() {
            change((tr + 1) * tile_columns + tc) = most;
            cells += height * width;
          });
        },
        visited);
    return visited;
  }

 private:
  std::int64_t rows_, columns_, tile_;
  Wrap wrap_;
  std::int64_t tile_rows_, tile_columns_;
  Array<float> change_, before_;
};

}  // namespace bellshard::lattice
