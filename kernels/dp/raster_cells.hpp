#pragma once
#include <cmath>
#include <limits>

#include "kernels/dp/raster_model.hpp"
#include "kernels/lattice/tile_table.hpp"

namespace bellshard::dp {

/// Which neighbours of each own cell may be entered.
/// cell  [local, margins and ghosts filled]  Cell
/// open  [local]  written for own rows: bit b is set where the neighbour in direction b is not blocked; 0 for frozen cells
/// blocked and target cells are frozen; unreachable ones too where `frozen_unreachable`
enum class Unreachable { frozen, live };
inline void find_open_neighbours(Execution const& space, RasterModel const& model, Array<std::uint8_t const> const& cell,
                                 Unreachable unreachable, Array<std::uint8_t> const& open) {
  auto const layout = model.layout;
  Kokkos::parallel_for(
      "bellshard::dp::find_open_neighbours", Kokkos::RangePolicy<Execution>(space, 0, layout.rows * layout.columns),
      KOKKOS_LAMBDA(std::int64_t k) {
        std::int64_t const i = layout.index(k / layout.columns, k % layout.columns);
        auto const own = static_cast<Cell>(cell(i));
        unsigned bits = 0;
        if (own == Cell::free || (own == Cell::unreachable && unreachable == Unreachable::live)) {
          for (int b = 0; b < move_count; ++b) {
            if (static_cast<Cell>(cell(i + model.offset[b])) != Cell::blocked) bits |= 1u << b;
          }
        }
        open(i) = static_cast<std::uint8_t>(bits);
      });
}

/// Copies the first and the last column of the own rows into the ghost columns on the other side (a map that goes round).
template <class T>
void wrap_ghost_columns(Execution const& space, RasterLayout const& layout, Array<T> const& field) {
  Kokkos::parallel_for(
      "bellshard::dp::wrap_ghost_columns", Kokkos::RangePolicy<Execution>(space, 0, layout.rows), KOKKOS_LAMBDA(std::int64_t r) {
        field(layout.index(r, -1)) = field(layout.index(r, layout.columns - 1));
        field(layout.index(r, layout.columns)) = field(layout.index(r, 0));
      });
}

/// Cost of the shortest path from each cell to a target when nothing drifts, one cell at a time (Bellman 1958): an update for
/// ordered sweeps. A diagonal step is dearer by 1 / (1 - drift), its mean progress under drift. Run from +infinity until no
/// value falls any more; the fixed point does not depend on the order, so it has the same bits for any ranks and threads.
struct ShortestPathUpdate {
  RasterModel model;
  Array<double> distance;
  double diagonal_factor;

  /// returns 1 where the distance fell, 0 where it stood, -1 where the cell is frozen
  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t row, std::int64_t column) const {
    std::int64_t const i = model.layout.index(row, column);
    unsigned const open_bits = model.open(i);
    if (open_bits == 0) return -1.0;
    double best = distance(i);
    double const before = best;
    for (int b = 0; b < move_count; ++b) {
      if ((open_bits >> b & 1u) == 0) continue;
      double const step = model.cost(row * move_count + b) * ((b & 1) != 0 ? diagonal_factor : 1.0);
      double const through = distance(i + model.offset[b]) + step;
      best = through < best ? through : best;
    }
    distance(i) = best;
    return best < before ? 1.0 : 0.0;
  }
};

/// 0 at targets, +infinity elsewhere; both arrays [local].
inline void start_at_targets(Execution const& space, Array<std::uint8_t const> const& cell, Array<double> const& distance) {
  Kokkos::parallel_for(
      "bellshard::dp::start_at_targets", Kokkos::RangePolicy<Execution>(space, 0, cell.extent(0)), KOKKOS_LAMBDA(std::int64_t i) {
        distance(i) = static_cast<Cell>(cell(i)) == Cell::target ? 0.0 : HUGE_VAL;
      });
}

/// How distances become values to start from.
struct StartRule {
  double factor;       ///< value = factor * distance [1],
  double most;         ///< but at most this [cost]: +infinity undiscounted
  double end_of_time;  ///< 1 - discount; 0 undiscounted
};

/// Marks free cells at an infinite distance as unreachable and turns distances into start values, in place; NaN where blocked.
/// A cell that is enclosed on all sides pays its least cost for ever: with a discount that is its value.
/// returns  number of own cells that were marked
inline std::int64_t finish_start(Execution const& space, RasterModel const& model, StartRule const& rule,
                                 Array<std::uint8_t> const& cell, Array<double> const& value) {
  std::int64_t const columns = model.layout.columns;
  double const not_a_number = std::numeric_limits<double>::quiet_NaN();
  std::int64_t marked = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::finish_start", Kokkos::RangePolicy<Execution>(space, 0, model.layout.rows * columns),
      KOKKOS_LAMBDA(std::int64_t k, std::int64_t& count) {
        std::int64_t const row = k / columns;
        std::int64_t const i = model.layout.index(row, k % columns);
        auto const kind = static_cast<Cell>(cell(i));
        if (kind == Cell::blocked) value(i) = not_a_number;
        if (kind != Cell::free) return;
        double const distance = value(i);
        if (!(distance < HUGE_VAL)) {
          cell(i) = static_cast<std::uint8_t>(Cell::unreachable);
          ++count;
        }
        value(i) = rule.factor * distance < rule.most ? rule.factor * distance : rule.most;
        if (model.open(i) == 0 && rule.end_of_time > 0) value(i) = 1 / (model.inverse_least_cost(row) * rule.end_of_time);
      },
      marked);
  return marked;
}

/// Wakes the tiles beside a margin row whose values changed: a column that changed wakes the tiles it touches.
/// row     -1 or layout.rows, the margin; before [stride] holds its values of the stage before
/// change  is measured relative to least_cost [cost]
inline void wake_beside_margin(Execution const& space, RasterLayout const& layout, std::int64_t row, double least_cost,
                               float threshold, Array<double const> const& now, Array<double const> const& before,
                               lattice::TileTable const& table) {
  if (layout.rows == 0) return;
  double const most = least_cost * threshold;
  std::int64_t const tile_row = row < 0 ? 0 : table.tile_rows() - 1;
  Kokkos::parallel_for(
      "bellshard::dp::wake_beside_margin", Kokkos::RangePolicy<Execution>(space, 0, layout.columns + 2), KOKKOS_LAMBDA(std::int64_t k) {
        double const a = now(layout.index(row, k - 1)), b = before(RasterLayout::line + k - 1);
        double const change = a > b ? a - b : b - a;
        if (!(change > most)) return;
        for (std::int64_t c = k - 2; c <= k; ++c) {
          if (c >= 0 && c < layout.columns) table.wake(tile_row, c / table.tile());
        }
      });
}

/// Key of each tile: the least start value of its live cells; +infinity where there is none.
inline void set_keys(Execution const& space, RasterModel const& model, Array<double const> const& values, lattice::TileTable const& table) {
  auto const key = table.key();
  std::int64_t const tile = table.tile(), tile_columns = table.tile_columns();
  Kokkos::parallel_for(
      "bellshard::dp::set_keys", Kokkos::RangePolicy<Execution>(space, 0, table.tile_rows() * tile_columns), KOKKOS_LAMBDA(std::int64_t t) {
        std::int64_t const row_begin = t / tile_columns * tile, column_begin = t % tile_columns * tile;
        double least = HUGE_VAL;
        for (std::int64_t r = row_begin; r < row_begin + tile && r < model.layout.rows; ++r) {
          for (std::int64_t c = column_begin; c < column_begin + tile && c < model.layout.columns; ++c) {
            std::int64_t const i = model.layout.index(r, c);
            if (model.open(i) != 0 && values(i) < least) least = values(i);
          }
        }
        key(t) = static_cast<float>(least);
      });
}

/// Own rows [row_begin, row_begin + rows) of a field without its ghosts: dense [row][column].
template <class T>
void pack_rows(Execution const& space, RasterLayout const& layout, std::int64_t row_begin, std::int64_t rows,
               Array<T const> const& field, Array<T> const& dense) {
  Kokkos::parallel_for(
      "bellshard::dp::pack_rows", Kokkos::RangePolicy<Execution>(space, 0, rows * layout.columns), KOKKOS_LAMBDA(std::int64_t k) {
        dense(k) = field(layout.index(row_begin + k / layout.columns, k % layout.columns));
      });
}

/// The way back; ghosts and margins are left alone.
template <class T>
void unpack_rows(Execution const& space, RasterLayout const& layout, std::int64_t row_begin, std::int64_t rows,
                 Array<T const> const& dense, Array<T> const& field) {
  Kokkos::parallel_for(
      "bellshard::dp::unpack_rows", Kokkos::RangePolicy<Execution>(space, 0, rows * layout.columns), KOKKOS_LAMBDA(std::int64_t k) {
        field(layout.index(row_begin + k / layout.columns, k % layout.columns)) = dense(k);
      });
}

}  // namespace bellshard::dp
