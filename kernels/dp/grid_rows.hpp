#pragma once
#include "kernels/elementary/exp_log.hpp"
#include "src/base/block.hpp"

namespace bellshard::dp {

/// Rows of probabilities over the points of an even grid 0, step, 2 step, ..., each the mean over draws of a density at the points, made to sum to 1. A draw whose centre lies
/// nearest to point 0 has all of its probability there, and so has one whose density is 0 at all points.

enum class Density { normal, log_normal };

/// What a density is around, and how wide it is: the variance of a normal one, the deviation of the logarithm of a log-normal one.
struct Centre {
  double centre = 0, width = 0;
};

struct PointGrid {
  std::int64_t points = 0;
  double step = 0;
  Array<double const> point, log_point;  ///< [padded to whole packs], NaN-free; log of point 0: 0

  KOKKOS_FUNCTION bool nearest_to_zero(double x) const { return ::fabs(x) <= ::fabs(step - x); }
  std::int64_t padded() const { return packs_of(points) * pack_width; }
};

using ProbabilityRows = Kokkos::View<double**, Kokkos::LayoutRight, Memory>;  ///< [row, point, padded to whole packs with zeros]

namespace detail {

template <Density density, class Centres>
struct GridRows {
  PointGrid grid;
  Centres centres;  // (row, draw) -> Centre, row counted over all ranks
  int draws;
  std::int64_t first, begin;  // the first own row; the first one of this piece, counted from it
  ProbabilityRows rows, scratch;

  KOKKOS_FUNCTION void operator()(std::int64_t k) const {
    auto const own = begin + k;
    double* const row = &rows(static_cast<std::size_t>(own), 0);
    double* const one = &scratch(static_cast<std::size_t>(k), 0);
    auto const packs = packs_of(grid.points);
    for (std::int64_t p = 0; p < packs; ++p) store_pack(row + p * pack_width, Pack{});
    for (int draw = 0; draw < draws; ++draw) {
      Centre const around = centres(first + own, draw);
      double const sum = grid.nearest_to_zero(around.centre) ? 0 : fill(one, around);
      if (!(sum > 0)) row[0] += 1;
      else {
        double const share = 1 / sum;
        for (std::int64_t p = 0; p < packs; ++p) store_pack(row + p * pack_width, fused(load_pack(one + p * pack_width), share, load_pack(row + p * pack_width)));
      }
    }
    Pack total{};
    for (std::int64_t p = 0; p < packs; ++p) total += load_pack(row + p * pack_width);
    double const share = 1 / sum_of_lanes(total);
    for (std::int64_t p = 0; p < packs; ++p) store_pack(row + p * pack_width, share * load_pack(row + p * pack_width));
  }

  /// The density at all points, up to a factor; their sum.
  KOKKOS_FUNCTION double fill(double* one, Centre const& around) const {
    Pack sum{};
    auto const packs = packs_of(grid.points);
    double const centre = density == Density::normal ? around.centre : logarithm(around.centre);
    double const narrow = -0.5 / (density == Density::normal ? around.width : around.width * around.width);
    for (std::int64_t p = 0; p < packs; ++p) {
      Pack const apart = load_pack((density == Density::normal ? &grid.point(0) : &grid.log_point(0)) + p * pack_width) - centre;
      Pack exponent = narrow * apart * apart;
      if (density == Density::log_normal) exponent -= load_pack(&grid.log_point(0) + p * pack_width) - centre;
      Pack value = exponential_function(exponent);
      if ((density == Density::log_normal && p == 0) || p == packs - 1) {  // no log-normal number is 0; nothing lies beyond the grid
        double lanes[pack_width];
        store_pack(lanes, value);
        for (int l = 0; l < pack_width; ++l) {
          auto const at = p * pack_width + l;
          if (at >= grid.points || (density == Density::log_normal && at == 0)) lanes[l] = 0;
        }
        value = load_pack(lanes);
      }
      store_pack(one + p * pack_width, value);
      sum += value;
    }
    return sum_of_lanes(sum);
  }
};

}  // namespace detail

inline constexpr std::int64_t grid_rows_at_once = 1024;  ///< that need scratch memory

/// Fills the rows own.begin .. own.end - 1 of a table; `rows` has those alone.
template <Density density, class Centres>
void fill_grid_rows(Execution const& execution, PointGrid const& grid, Centres const& centres, int draws, Block own, ProbabilityRows const& rows) {
  auto const at_once = own.size() < grid_rows_at_once ? own.size() : grid_rows_at_once;
  ProbabilityRows const scratch(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dp::grid_row"), static_cast<std::size_t>(at_once), static_cast<std::size_t>(grid.padded()));
  for (std::int64_t begin = 0; begin < own.size(); begin += at_once) {
    auto const count = begin + at_once < own.size() ? at_once : own.size() - begin;
    Kokkos::parallel_for("bellshard::dp::grid_rows", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, count),
                         detail::GridRows<density, Centres>{grid, centres, draws, own.begin, begin, rows, scratch});
  }
  execution.fence();
}

/// out(r) = sum of rows(r, point) value(point), in one order; value is padded with zeros. out: at least as many as rows.
inline void expect(Execution const& execution, ProbabilityRows const& rows, Array<double const> const& value, Array<double> const& out) {
  auto const packs = static_cast<std::int64_t>(rows.extent(1)) / pack_width;
  Kokkos::parallel_for(
      "bellshard::dp::expect", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(rows.extent(0))), KOKKOS_LAMBDA(std::int64_t r) {
        double const* const row = &rows(static_cast<std::size_t>(r), 0);
        double const* const of = value.data();
        Pack a{}, b{}, c{}, d{};
        std::int64_t p = 0;
        for (; p + 4 <= packs; p += 4) {
          a = fused(load_pack(row + p * pack_width), load_pack(of + p * pack_width), a);
          b = fused(load_pack(row + (p + 1) * pack_width), load_pack(of + (p + 1) * pack_width), b);
          c = fused(load_pack(row + (p + 2) * pack_width), load_pack(of + (p + 2) * pack_width), c);
          d = fused(load_pack(row + (p + 3) * pack_width), load_pack(of + (p + 3) * pack_width), d);
        }
        for (; p < packs; ++p) a = fused(load_pack(row + p * pack_width), load_pack(of + p * pack_width), a);
        out(r) = sum_of_lanes((a + c) + (b + d));
      });
}

}  // namespace bellshard::dp
