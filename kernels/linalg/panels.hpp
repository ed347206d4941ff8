#pragma once
#include <cstdint>
#include <vector>

#include "kernels/execution.hpp"

namespace bellshard::linalg {

inline constexpr int lanes = 8;  ///< columns of a panel: a vector register, a cache line

/// A tall thin matrix as panels of eight columns: entry (row, column) at [column / lanes, row, column % lanes]. What a row of a sparse matrix
/// gathers from one panel is whole cache lines, and a panel of some ten thousand rows stays in a cache.
using Panels = Kokkos::View<double** [lanes], Kokkos::LayoutRight, Memory>;
using ConstPanels = Kokkos::View<double const** [lanes], Kokkos::LayoutRight, Memory>;

/// Inner products of all columns of a tall thin matrix, in a fixed order. Made once for a shape.
class GramMatrix {
 public:
  GramMatrix(std::int64_t panels, std::int64_t rows)
      : panels_(panels),
        pieces_((rows + piece - 1) / piece),
        part_("bellshard::linalg::gram_part", static_cast<std::size_t>(tiles() * pieces_ * entries)),
        sum_("bellshard::linalg::gram", static_cast<std::size_t>(tiles() * entries)) {}

  /// [column, column], whole, in host memory; waits for it.
  std::vector<double> operator()(Execution const& execution, ConstPanels const& x) const {
    multiply(execution, x);
    add(execution);
    auto const host = Kokkos::create_mirror_view(sum_);
    Kokkos::deep_copy(execution, host, sum_);
    execution.fence();
    auto const columns = panels_ * lanes;
    std::vector<double> gram(static_cast<std::size_t>(columns * columns));
    for (std::int64_t i = 0; i < columns; ++i) {
      for (std::int64_t j = 0; j < columns; ++j) {
        auto const a = i / lanes >= j / lanes ? i : j, b = i / lanes >= j / lanes ? j : i;
        gram[static_cast<std::size_t>(i * columns + j)] = host(static_cast<std::size_t>((tile(a / lanes, b / lanes) * lanes + a % lanes) * lanes + b % lanes));
      }
    }
    return gram;
  }

  // Public for device code alone.
  void multiply(Execution const& execution, ConstPanels const& x) const {
    auto const rows = static_cast<std::int64_t>(x.extent(1)), pieces = pieces_;
    auto const part = part_;
    Kokkos::parallel_for(
        "bellshard::linalg::gram_tiles", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, tiles() * pieces), KOKKOS_LAMBDA(std::int64_t item) {
          std::int64_t const begin = item % pieces * piece, end = begin + piece < rows ? begin + piece : rows;
          std::int64_t p = 0, q = item / pieces;
          while (q > p) q -= ++p;
          double sum[entries] = {};
          for (std::int64_t r = begin; r < end; ++r) {
            for (int a = 0; a < lanes; ++a) {
              double const left = x(p, r, a);
              for (int b = 0; b < lanes; ++b) sum[a * lanes + b] += left * x(q, r, b);
            }
          }
          for (int e = 0; e < entries; ++e) part(item * entries + e) = sum[e];
        });
  }
  void add(Execution const& execution) const {
    auto const pieces = pieces_;
    auto const part = part_, sum = sum_;
    Kokkos::parallel_for(
        "bellshard::linalg::gram_sum", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, tiles() * entries), KOKKOS_LAMBDA(std::int64_t i) {
          double total = 0;
          for (std::int64_t k = 0; k < pieces; ++k) total += part((i / entries * pieces + k) * entries + i % entries);
          sum(i) = total;
        });
  }

 private:
  static constexpr std::int64_t piece = 1024;  ///< rows that are summed together
  static constexpr int entries = lanes * lanes;
  std::int64_t tiles() const { return panels_ * (panels_ + 1) / 2; }
  static std::int64_t tile(std::int64_t p, std::int64_t q) { return p * (p + 1) / 2 + q; }

  std::int64_t panels_, pieces_;
  Array<double> part_, sum_;
};

/// y = x factor; factor has a row for each column of x. y is not x.
inline void times_small(Execution const& execution, ConstPanels const& x, ConstPanels const& factor, Panels const& y) {
  constexpr int block = 8;  // rows that share what is read of the factor
  auto const rows = static_cast<std::int64_t>(y.extent(1)), blocks = (rows + block - 1) / block, inner = static_cast<std::int64_t>(x.extent(0));
  Kokkos::parallel_for(
      "bellshard::linalg::times_small", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(y.extent(0)) * blocks),
      KOKKOS_LAMBDA(std::int64_t item) {
        std::int64_t const p = item / blocks, first = item % blocks * block;
        std::int64_t const last = first + block <= rows ? block - 1 : rows - first - 1;
        double sum[block][lanes] = {};
        for (std::int64_t i = 0; i < inner; ++i) {
          for (int a = 0; a < lanes; ++a) {
            for (int r = 0; r < block; ++r) {
              double const left = x(i, first + (r < last ? r : last), a);
              for (int b = 0; b < lanes; ++b) sum[r][b] += left * factor(p, i * lanes + a, b);
            }
          }
        }
        for (std::int64_t r = 0; r <= last; ++r) {
          for (int b = 0; b < lanes; ++b) y(p, first + r, b) = sum[r][b];
        }
      });
}

}  // namespace bellshard::linalg
