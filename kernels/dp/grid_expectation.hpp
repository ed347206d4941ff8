#pragma once
#include <cstdint>

#include "kernels/dp/tensor_grid.hpp"
#include "kernels/vectors.hpp"

namespace bellshard::dp {

/// Where one decision leads to: axis d of the next state is mean[d] + scale[d] e[d], e independent N(0, 1).
struct NormalStep {
  double mean[3];
  double scale[3];  ///< >= 0
};

/// The expectation of a function on a grid of three axes, linear between its nodes, after a NormalStep. One axis can be a point: 0, 1 and 2 dimensions are
/// grids with axes of one node. Axis 0 is the innermost one: the value at nodes (i, j, k) lies at values[(k ny + j) nx + i].
/// Noises are independent and each moves one axis alone, so the Points^3 corners of 8 nodes each become a product of three short lists.
template <class T, int Points>
struct GridExpectation {
  T const* values;  ///< of plane k = 0; only planes that are reached need to be there
  GridAxis axis[3];
  double floor[3];  ///< at or below it on any axis, the value is `outside`
  double outside;
  Quadrature<Points> quadrature;

  KOKKOS_INLINE_FUNCTION double operator()(NormalStep const& step) const {
    auto const z = expect_on_axis(axis[2], quadrature, step.mean[2], step.scale[2], floor[2]);
    auto const y = expect_on_axis(axis[1], quadrature, step.mean[1], step.scale[1], floor[1]);
    auto const x = expect_on_axis(axis[0], quadrature, step.mean[0], step.scale[0], floor[0]);
    return sum(z, y, x) + outside * (1 - x.inside * y.inside * z.inside);
  }

  using Axis = AxisExpectation<Points>;
#if !defined(BELLSHARD_VECTORS)
  KOKKOS_INLINE_FUNCTION double sum(Axis const& z, Axis const& y, Axis const& x) const {
    std::int64_t const nx = axis[0].nodes, ny = axis[1].nodes;
    double total = 0;
    for (std::int32_t c = 0; c < z.size; ++c) {
      double plane = 0;
      for (std::int32_t b = 0; b < y.size; ++b) {
        T const* const row = values + (z.place[c] * ny + y.place[b]) * nx;
        double part = 0;
        for (std::int32_t a = 0; a < x.size; ++a) part += x.weight[a] * static_cast<double>(row[x.place[a]]);
        plane += y.weight[b] * part;
      }
      total += z.weight[c] * plane;
    }
    return total;
  }
#else
  // On vectors of a host: the nodes of the innermost axis lie in at most Points runs of four neighbours. All rows are added up first, each with one
  // weight, and the weights of axis 0 come last.
  static constexpr std::int32_t lanes = 4;
  using Values = Vector<double, lanes>;

  struct Rows {
    T const* from[4 * Points * Points + 1];
    double weight[4 * Points * Points + 1];
    std::int32_t size;
  };

  template <int Runs>
  static double sum_rows(Rows const& rows, std::int32_t const* start, Values const* weight) {
    Values even[Runs] = {}, odd[Runs] = {};
    for (std::int32_t r = 0; r < rows.size; r += 2) {
      for (int s = 0; s < Runs; ++s) even[s] += rows.weight[r] * load_vector<Values>(rows.from[r] + start[s]);
      for (int s = 0; s < Runs; ++s) odd[s] += rows.weight[r + 1] * load_vector<Values>(rows.from[r + 1] + start[s]);
    }
    Values total = {};
    for (int s = 0; s < Runs; ++s) total += weight[s] * (even[s] + odd[s]);
    return (total[0] + total[1]) + (total[2] + total[3]);
  }

  template <int Runs>
  static double sum_of_runs(std::int32_t runs, Rows const& rows, std::int32_t const* start, Values const* weight) {
    if constexpr (Runs < Points) {
      if (runs > Runs) return sum_of_runs<Runs + 1>(runs, rows, start, weight);
    }
    return sum_rows<Runs>(rows, start, weight);
  }

  double sum(Axis const& z, Axis const& y, Axis const& x) const {
    std::int64_t const nx = axis[0].nodes, ny = axis[1].nodes;
    if (x.size == 0 || y.size == 0 || z.size == 0) return 0;
    Rows rows;
    rows.size = 0;
    std::int64_t first[2 * Points];  // of a row within its plane
    for (std::int32_t b = 0; b < y.size; ++b) first[b] = y.place[b] * nx;
    for (std::int32_t c = 0; c < z.size; ++c) {
      T const* const plane = values + z.place[c] * ny * nx;
      for (std::int32_t b = 0; b < y.size; ++b) {
        rows.from[rows.size + b] = plane + first[b];
        rows.weight[rows.size + b] = z.weight[c] * y.weight[b];
      }
      rows.size += y.size;
    }
    if (rows.size % 2 == 1) {
      rows.from[rows.size] = rows.from[0];
      rows.weight[rows.size++] = 0;
    }
    std::int32_t runs = 0, start[Points];
    Values weight[Points];
    for (std::int32_t a = 0; a < x.size; ++a) {
      if (runs == 0 || x.place[a] >= start[runs - 1] + lanes) {
        start[runs] = x.place[a] < axis[0].nodes - lanes ? x.place[a] : axis[0].nodes - lanes;  // never beyond the row
        weight[runs++] = Values{};
      }
      weight[runs - 1][x.place[a] - start[runs - 1]] += x.weight[a];
    }
    return sum_of_runs<1>(runs, rows, start, weight);
  }
#endif
};

}  // namespace bellshard::dp
