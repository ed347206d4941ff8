#pragma once
#include <algorithm>
#include <bit>
#include <cstring>

#include "kernels/dp/raster_model.hpp"

namespace bellshard::dp {

/// Cells of a row that are looked at together: their open bits fill one word.
inline constexpr int sweep_lanes = 8;

/// The eight costs of one row, and what a backup of open water needs, as plain numbers for a vectorised loop.
/// The order of additions is that of RasterModel::backup, so both give the same bits.
KOKKOS_INLINE_FUNCTION double open_backup(double const* KOKKOS_RESTRICT above, double const* KOKKOS_RESTRICT middle,
                                          double const* KOKKOS_RESTRICT below, std::int64_t j, double const (&c)[move_count],
                                          double aimed, double beside) {
  double const n = above[j], ne = above[j + 1], e = middle[j + 1], se = below[j + 1];
  double const s = below[j], sw = below[j - 1], w = middle[j - 1], nw = above[j - 1];
  double const q0 = fused(beside, nw + ne, fused(aimed, n, c[0]));
  double const q1 = fused(beside, n + e, fused(aimed, ne, c[1]));
  double const q2 = fused(beside, ne + se, fused(aimed, e, c[2]));
  double const q3 = fused(beside, e + s, fused(aimed, se, c[3]));
  double const q4 = fused(beside, se + sw, fused(aimed, s, c[4]));
  double const q5 = fused(beside, s + w, fused(aimed, sw, c[5]));
  double const q6 = fused(beside, sw + nw, fused(aimed, w, c[6]));
  double const q7 = fused(beside, w + n, fused(aimed, nw, c[7]));
  double const a = q0 < q1 ? q0 : q1, b = q2 < q3 ? q2 : q3, d = q4 < q5 ? q4 : q5, f = q6 < q7 ? q6 : q7;
  double const g = a < b ? a : b, h = d < f ? d : f;
  return g < h ? g : h;
}

namespace detail {

/// The same where some neighbours may be blocked, without a branch: for lanes along a coast.
inline double coast_backup(double const* KOKKOS_RESTRICT above, double const* KOKKOS_RESTRICT middle,
                           double const* KOKKOS_RESTRICT below, std::int64_t j, std::int64_t bits, double const (&c)[move_count],
                           double aimed, double beside, double const (&inverse_leave)[8]) {
  auto const where_open = [bits](int move, double value) { return (bits >> move & 1) != 0 ? value : 0.0; };
  double const n = where_open(0, above[j]), ne = where_open(1, above[j + 1]), e = where_open(2, middle[j + 1]);
  double const se = where_open(3, below[j + 1]), s = where_open(4, below[j]), sw = where_open(5, below[j - 1]);
  double const w = where_open(6, middle[j - 1]), nw = where_open(7, above[j - 1]);
  std::int64_t const twice = bits | (bits << 8);
  auto const q = [&](int move, double ahead, double left, double right) {
    return fused(beside, left + right, fused(aimed, ahead, c[move])) * inverse_leave[(twice >> ((move + 7) & 7)) & 7];
  };
  double const q0 = q(0, n, nw, ne), q1 = q(1, ne, n, e), q2 = q(2, e, ne, se), q3 = q(3, se, e, s);
  double const q4 = q(4, s, se, sw), q5 = q(5, sw, s, w), q6 = q(6, w, sw, nw), q7 = q(7, nw, w, n);
  double const a = q0 < q1 ? q0 : q1, b = q2 < q3 ? q2 : q3, d = q4 < q5 ? q4 : q5, f = q6 < q7 ? q6 : q7;
  double const g = a < b ? a : b, h = d < f ? d : f;
  return g < h ? g : h;
}

/// What `sweep_lanes` cells in a row are: all open water, all frozen, or a coast.
enum class Water { open, none, coast };
inline Water water_at(std::uint8_t const* open) {
  std::uint64_t word = 0;
  static_assert(sizeof word == sweep_lanes);
  std::memcpy(&word, open, sizeof word);
  return word == 0 ? Water::none : word == ~std::uint64_t{0} ? Water::open : Water::coast;
}

/// A part of one row, [begin, end) columns: open water in long runs, coasts in lanes, the rest of the row cell by cell.
inline double sweep_row_on_host(RasterModel const& model, std::int64_t row, std::int64_t begin, std::int64_t end,
                                double const* KOKKOS_RESTRICT in, double* KOKKOS_RESTRICT out) {
  std::int64_t const base = model.layout.index(row, 0);
  std::uint8_t const* KOKKOS_RESTRICT open = &model.open(base);
  double c[move_count];
  for (int m = 0; m < move_count; ++m) c[m] = model.cost(row * move_count + m);
  double const aimed = model.aimed, beside = model.beside;
  double inverse_leave[8];
  for (int k = 0; k < 8; ++k) inverse_leave[k] = model.inverse_leave[k];
  double const* KOKKOS_RESTRICT middle = in + base;
  double const* KOKKOS_RESTRICT above = middle + model.offset[0];
  double const* KOKKOS_RESTRICT below = middle + model.offset[4];
  double* KOKKOS_RESTRICT result = out + base;
  double moved[sweep_lanes] = {};

  auto const one = [&](std::int64_t j) {
    if (open[j] == 0) return;
    double const before = middle[j];
    double const after = model.backup(in, base + j, row, open[j]).value;
    double const d = fabs(after - before);
    result[j] = after;
    moved[0] = d > moved[0] ? d : moved[0];
  };
  std::int64_t j = begin;
  for (; j + sweep_lanes <= end; j += sweep_lanes) {
    auto const kind = water_at(open + j);
    if (kind == Water::none) continue;
    if (kind == Water::open) {
      std::int64_t run_end = j + sweep_lanes;
      while (run_end + sweep_lanes <= end && water_at(open + run_end) == Water::open) run_end += sweep_lanes;
      // Bits of numbers that are not negative compare as the numbers do, and without a thought of NaN.
      std::int64_t most_of_run = 0;
      for (std::int64_t k = j; k < run_end; ++k) {
        double const after = open_backup(above, middle, below, k, c, aimed, beside);
        auto const d = std::bit_cast<std::int64_t>(fabs(after - middle[k]));
        result[k] = after;
        most_of_run = d > most_of_run ? d : most_of_run;
      }
      moved[0] = std::max(moved[0], std::bit_cast<double>(most_of_run));
      j = run_end - sweep_lanes;
      continue;
    }
    std::int64_t bits[sweep_lanes];
    for (int k = 0; k < sweep_lanes; ++k) bits[k] = open[j + k];
    for (int k = 0; k < sweep_lanes; ++k) {
      double const after = coast_backup(above, middle, below, j + k, bits[k], c, aimed, beside, inverse_leave);
      double const d = bits[k] != 0 ? fabs(after - middle[j + k]) : 0.0;
      result[j + k] = bits[k] != 0 ? after : result[j + k];
      moved[k] = d > moved[k] ? d : moved[k];
    }
  }
  for (; j < end; ++j) one(j);
  double most = 0;
  for (double m : moved) most = m > most ? m : most;
  return most * model.inverse_least_cost(row);
}

}  // namespace detail

/// One synchronous Bellman sweep (Jacobi) over own rows [rows_begin, rows_end), self-loops solved for (Puterman 1994, 6.3.3).
/// values_in   [local]  expected cost to go [cost], margins and ghosts filled
/// values_out  [local]  written for every live state of these rows; frozen cells are left as they are: they hold in both stages
/// returns     largest |values_out - values_in| relative to the least cost of a step in its row [1]
inline double sweep_values(Execution const& space, RasterModel const& model, std::int64_t rows_begin, std::int64_t rows_end,
                           Array<double const> const& values_in, Array<double> const& values_out) {
  if (rows_end <= rows_begin) return 0;
  double largest = 0;
  if constexpr (runs_on_host) {
    constexpr std::int64_t part = 4096;
    std::int64_t const parts = (model.layout.columns + part - 1) / part;
    Kokkos::parallel_reduce(
        "bellshard::dp::sweep_values", Kokkos::RangePolicy<Execution>(space, rows_begin * parts, rows_end * parts),
        [=](std::int64_t k, double& most) {
          std::int64_t const begin = k % parts * part;
          std::int64_t const end = begin + part < model.layout.columns ? begin + part : model.layout.columns;
          double const d = detail::sweep_row_on_host(model, k / parts, begin, end, values_in.data(), values_out.data());
          most = d > most ? d : most;
        },
        Kokkos::Max<double>(largest));
  } else {
    std::int64_t const columns = model.layout.columns;
    Kokkos::parallel_reduce(
        "bellshard::dp::sweep_values", Kokkos::RangePolicy<Execution>(space, rows_begin * columns, rows_end * columns),
        KOKKOS_LAMBDA(std::int64_t k, double& most) {
          std::int64_t const row = k / columns;
          std::int64_t const i = model.layout.index(row, k % columns);
          if (model.open(i) == 0) return;
          double const before = values_in(i);
          double const after = model.backup(values_in.data(), i, row, model.open(i)).value;
          values_out(i) = after;
          double const d = fabs(after - before) * model.inverse_least_cost(row);
          most = d > most ? d : most;
        },
        Kokkos::Max<double>(largest));
  }
  return largest;
}

/// The same backup for ordered sweeps, in place. Returns |ratio| of the cell before its update, -1 where it is frozen.
struct GaussSeidelUpdate {
  RasterModel model;
  Array<double> values;

  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t row, std::int64_t column) const {
    std::int64_t const i = model.layout.index(row, column);
    unsigned const open_bits = model.open(i);
    if (open_bits == 0) return -1.0;
    Backup const b = model.backup(values.data(), i, row, open_bits);
    values(i) = b.value;
    return b.ratio < 0 ? -b.ratio : b.ratio;
  }
};

}  // namespace bellshard::dp
