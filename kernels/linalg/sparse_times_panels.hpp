#pragma once
#include "kernels/linalg/panels.hpp"

namespace bellshard::linalg {

/// Rows of a sparse matrix: entries offset(r) .. offset(r + 1) - 1 of row r.
struct SparseRows {
  Array<std::int64_t> offset;  ///< [row + 1]
  Array<std::int32_t> column;
  Array<float> value;

  std::int64_t rows() const { return static_cast<std::int64_t>(offset.extent(0)) - 1; }
};

namespace detail {

/// All lanes of (panel, row): the entries of a row are read once for eight columns.
inline void sparse_times_panels_on_host(Execution const& execution, SparseRows const& a, ConstPanels const& x, Panels const& y) {
  auto const rows = a.rows();
  Kokkos::parallel_for(
      "bellshard::linalg::sparse_times_panels",
      Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>, Kokkos::Schedule<Kokkos::Dynamic>>(execution, 0, static_cast<std::int64_t>(y.extent(0)) * rows, Kokkos::ChunkSize(64)),
      KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const p = item / rows, r = item % rows;
        double sum[lanes] = {};
        for (std::int64_t e = a.offset(r); e < a.offset(r + 1); ++e) {
          double const value = a.value(e);
          double const* const from = &x(p, a.column(e), 0);
          for (int l = 0; l < lanes; ++l) sum[l] += value * from[l];
        }
        for (int l = 0; l < lanes; ++l) y(p, r, l) = sum[l];
      });
}

/// A thread for each (panel, row, lane): the lanes of a row read the same entries and neighbouring words of x.
inline void sparse_times_panels_on_device(Execution const& execution, SparseRows const& a, ConstPanels const& x, Panels const& y) {
  auto const rows = a.rows();
  Kokkos::parallel_for(
      "bellshard::linalg::sparse_times_panels",
      Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(y.extent(0)) * rows * lanes), KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const l = item % lanes, r = item / lanes % rows, p = item / lanes / rows;
        double sum = 0;
        for (std::int64_t e = a.offset(r); e < a.offset(r + 1); ++e) sum += static_cast<double>(a.value(e)) * x(p, a.column(e), l);
        y(p, r, l) = sum;
      });
}

}  // namespace detail

/// y = A x for the rows of this rank, summed in float64 in the order of the entries: the same bits for any threads.
/// x [panel, column of A, lane], y [panel, row, lane]
inline void sparse_times_panels(Execution const& execution, SparseRows const& a, ConstPanels const& x, Panels const& y) {
  if constexpr (runs_on_host) detail::sparse_times_panels_on_host(execution, a, x, y);
  else detail::sparse_times_panels_on_device(execution, a, x, y);
}

}  // namespace bellshard::linalg
