#pragma once
#include <cstdint>

#include "kernels/lattice/tile_table.hpp"

namespace bellshard::lattice {

/// The order in which one Gauss-Seidel sweep visits a 2-D block. Row-major or column-major, each axis up or down.
struct SweepOrder {
  enum class Major { row, column };
  enum class Sense { up, down };
  Major major = Major::row;
  Sense rows = Sense::up;
  Sense columns = Sense::up;

  /// The eight orders, by number.
  static constexpr int count = 8;
  static SweepOrder of(int k) {
    Sense const first = (k & 1) != 0 ? Sense::down : Sense::up;
    Sense const second = (k & 2) != 0 ? Sense::down : Sense::up;
    return k < 4 ? SweepOrder{Major::row, first, second} : SweepOrder{Major::column, second, first};
  }
};

/// How the cells of one tile are visited: one after the other, or along skewed lines whose cells do not depend on each
/// other. Both give the same bits; the second keeps a device's threads busy.
enum class TileOrder { sequential, skewed };

/// What the cells of a tile did: the largest change, and how many were states.
struct TileVisit {
  float most = 0;
  std::int64_t states = 0;

  KOKKOS_INLINE_FUNCTION void note(float change) {
    most = change > most ? change : most;
    states += change >= 0;
  }
};

/// Kokkos reducer of TileVisit over the threads of a team.
class MergeVisits {
 public:
  using reducer = MergeVisits;
  using value_type = TileVisit;
  using result_view_type = Kokkos::View<value_type, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

  KOKKOS_INLINE_FUNCTION explicit MergeVisits(value_type& result) : result_(&result) {}
  KOKKOS_INLINE_FUNCTION void init(value_type& a) const { a = value_type{}; }
  KOKKOS_INLINE_FUNCTION void join(value_type& a, value_type const& b) const {
    a.most = b.most > a.most ? b.most : a.most;
    a.states += b.states;
  }
  KOKKOS_INLINE_FUNCTION void join(value_type volatile& a, value_type const volatile& b) const {  // Kokkos before 4
    a.most = b.most > a.most ? b.most : a.most;
    a.states = a.states + b.states;
  }
  KOKKOS_INLINE_FUNCTION value_type& reference() const { return *result_; }
  KOKKOS_INLINE_FUNCTION result_view_type view() const { return result_view_type(result_); }
  KOKKOS_INLINE_FUNCTION bool references_scalar() const { return true; }

 private:
  value_type* result_;
};

/// Ordered sweeps over a rows x columns block whose stencil reaches the eight neighbours. The bits are those of one thread that
/// walks tile after tile, for any number of threads: tiles run along wavefronts, such that no two of a front touch.
///
///     row-major, both up, front number = 2 * tile row + tile column:     0 1 2 3 4
///                                                                        2 3 4 5 6
///                                                                        4 5 6 7 8
///
/// Only tiles that are awake, with a key of at most `key_limit`, are visited (see TileTable): calm water costs nothing.
class TileSweep {
 public:
  TileSweep(std::int64_t rows, std::int64_t columns, std::int64_t tile, Wrap wrap)
      : rows_(rows), columns_(columns), table_((rows + tile - 1) / tile, (columns + tile - 1) / tile, tile, wrap) {}

  TileTable& table() { return table_; }
  TileTable const& table() const { return table_; }

  /// One sweep. update(row, column) updates one cell in place and returns how much it changed (>= 0, any measure), or a
  /// negative number for a cell that is no state. A tile whose largest change exceeds the threshold wakes its neighbours.
  /// Returns the number of states updated.
  template <TileOrder order_in_tile = runs_on_host ? TileOrder::sequential : TileOrder::skewed, class Update>
  std::int64_t sweep(Execution const& space, SweepOrder const& order, float threshold, float key_limit, Update const& update) {
    bool const by_rows = order.major == SweepOrder::Major::row;
    auto const awake = table_.awake(space, key_limit);
    Block const outer = by_rows ? awake.rows : awake.columns;
    Block const inner = by_rows ? awake.columns : awake.rows;
    std::int64_t updated = 0;
    for (std::int64_t front = 0; !outer.empty() && front < 2 * (outer.size() - 1) + inner.size(); ++front) {
      std::int64_t const first = front < inner.size() ? 0 : (front - inner.size() + 2) / 2;
      std::int64_t const last = front / 2 < outer.size() - 1 ? front / 2 : outer.size() - 1;
      if (first > last) continue;
      updated += visit_front<order_in_tile>(space, order, threshold, key_limit, update, awake, front, first, last - first + 1);
    }
    table_.wake_across_wrap(space);
    return updated;
  }

  using Team = Kokkos::TeamPolicy<Execution>::member_type;

  /// One front of one sweep: `count` tiles of the box `awake`, from the first-th line of tiles on (public because device
  /// lambdas may not stand in private functions).
  template <TileOrder order_in_tile, class Update>
  std::int64_t visit_front(Execution const& space, SweepOrder const& order, float threshold, float key_limit, Update const& update,
                           AwakeTiles const& awake, std::int64_t front, std::int64_t first, std::int64_t count) {
    bool const by_rows = order.major == SweepOrder::Major::row;
    bool const rows_down = order.rows == SweepOrder::Sense::down;
    bool const columns_down = order.columns == SweepOrder::Sense::down;
    auto const rows = rows_, columns = columns_;
    auto const table = table_;
    int const threads = runs_on_host ? 1 : 32;

    std::int64_t updated = 0;
    Kokkos::parallel_reduce(
        "bellshard::lattice::sweep_front", Kokkos::TeamPolicy<Execution>(space, static_cast<int>(count), threads),
        KOKKOS_LAMBDA(Team const& team, std::int64_t& states) {
          std::int64_t const u = first + team.league_rank();
          std::int64_t const w = front - 2 * u;
          std::int64_t const i = by_rows ? u : w, j = by_rows ? w : u;
          std::int64_t const tile_row = rows_down ? awake.rows.end - 1 - i : awake.rows.begin + i;
          std::int64_t const tile_column = columns_down ? awake.columns.end - 1 - j : awake.columns.begin + j;
          if (!table.is_awake(tile_row, tile_column, key_limit)) return;

          std::int64_t const row_begin = tile_row * table.tile(), column_begin = tile_column * table.tile();
          std::int64_t const row_end = row_begin + table.tile() < rows ? row_begin + table.tile() : rows;
          std::int64_t const column_end = column_begin + table.tile() < columns ? column_begin + table.tile() : columns;
          std::int64_t const height = row_end - row_begin, width = column_end - column_begin;
          std::int64_t const major = by_rows ? height : width, minor = by_rows ? width : height;
          auto const visit = [&](std::int64_t a, std::int64_t b) {
            std::int64_t const r = by_rows ? a : b, c = by_rows ? b : a;
            return static_cast<float>(update(rows_down ? row_end - 1 - r : row_begin + r,
                                             columns_down ? column_end - 1 - c : column_begin + c));
          };
          TileVisit tile;
          if constexpr (order_in_tile == TileOrder::sequential) {
            for (std::int64_t a = 0; a < major; ++a) {
              for (std::int64_t b = 0; b < minor; ++b) tile.note(visit(a, b));
            }
          } else {
            for (std::int64_t line = 0; line < 2 * (major - 1) + minor; ++line) {
              TileVisit of_line;
              Kokkos::parallel_reduce(
                  Kokkos::TeamThreadRange(team, major),
                  [&](std::int64_t a, TileVisit& v) {
                    std::int64_t const b = line - 2 * a;
                    if (b >= 0 && b < minor) v.note(visit(a, b));
                  },
                  MergeVisits(of_line));
              tile.most = of_line.most > tile.most ? of_line.most : tile.most;
              tile.states += of_line.states;
              team.team_barrier();
            }
          }
          Kokkos::single(Kokkos::PerTeam(team), [&]() {
            table.visited(tile_row, tile_column, tile.most, threshold);
            states += tile.states;
          });
        },
        updated);
    return updated;
  }

 private:
  std::int64_t rows_, columns_;
  TileTable table_;
};

}  // namespace bellshard::lattice
