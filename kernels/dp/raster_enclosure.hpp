#pragma once
#include "kernels/dp/raster_model.hpp"

namespace bellshard::dp {

/// Relative rounding of one plain backup: five roundings, and the probabilities may miss 1 by one more, each 2^-53.
inline constexpr double backup_rounding = 8 * 1.1102230246251565e-16;

/// Smallest and largest over the live states of  min over moves of (Q(move) - V) / cost(move).
///
/// Let g be that number at a state. For k > -1 every Q of (1 + k) V is (1 + k) Q - k cost, so
///     (1 + k) V >= T((1 + k) V)  at this state   <=>   k / (1 + k) >= g,
/// and likewise below: V / (1 - largest) is a proven upper bound, V / (1 - smallest) a proven lower one (a supersolution
/// and a subsolution of a problem whose steps all cost more than 0; Bertsekas and Tsitsiklis 1991).
struct RatioRange {
  double smallest = 0;
  double largest = 0;
  double rounding = 0;       ///< most that the widening by rounding added on one side [1]
  double largest_value = 0;  ///< over the live states [cost]
};

/// The range of ratios over own rows, 0 included, each widened by the rounding of the check that will follow.
/// values  [local]  margins and ghosts filled
struct RatioRangeFunctor {
  using value_type = RatioRange;
  RasterModel model;
  Array<double const> values;

  KOKKOS_INLINE_FUNCTION void init(RatioRange& r) const { r = RatioRange{}; }
  KOKKOS_INLINE_FUNCTION void join(RatioRange& a, RatioRange const& b) const {
    a.smallest = b.smallest < a.smallest ? b.smallest : a.smallest;
    a.largest = b.largest > a.largest ? b.largest : a.largest;
    a.rounding = b.rounding > a.rounding ? b.rounding : a.rounding;
    a.largest_value = b.largest_value > a.largest_value ? b.largest_value : a.largest_value;
  }
  KOKKOS_INLINE_FUNCTION void join(RatioRange volatile& a, RatioRange const volatile& b) const {  // Kokkos before 4
    a.smallest = b.smallest < a.smallest ? b.smallest : a.smallest;
    a.largest = b.largest > a.largest ? b.largest : a.largest;
    a.rounding = b.rounding > a.rounding ? b.rounding : a.rounding;
    a.largest_value = b.largest_value > a.largest_value ? b.largest_value : a.largest_value;
  }
  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t k, RatioRange& r) const {
    std::int64_t const row = k / model.layout.columns;
    std::int64_t const i = model.layout.index(row, k % model.layout.columns);
    unsigned const open_bits = model.open(i);
    if (open_bits == 0) return;
    double const v = values(i);
    RatioRange here{1e300, 1e300, 0, v};
    for (int a = 0; a < move_count; ++a) {
      double const q = model.plain_backup(values.data(), i, row, open_bits, a);
      double const inverse = model.inverse_cost(row * move_count + a);
      double const slack = 2 * backup_rounding * (q + v) * inverse;
      double const ratio = (q - v) * inverse;
      here.smallest = ratio - slack < here.smallest ? ratio - slack : here.smallest;
      if (ratio + slack < here.largest) {
        here.largest = ratio + slack;
        here.rounding = slack;
      }
    }
    join(r, here);
  }
};

inline RatioRange ratio_range(Execution const& space, RasterModel const& model, Array<double const> const& values) {
  RatioRange range;
  Kokkos::parallel_reduce("bellshard::dp::ratio_range",
                          Kokkos::RangePolicy<Execution>(space, 0, model.layout.rows * model.layout.columns),
                          RatioRangeFunctor{model, values}, range);
  return range;
}

/// bound(i) = factor * values(i), margins and ghosts included; 0 stays 0 for an infinite factor.
inline void scale_values(Execution const& space, Array<double const> const& values, double factor, Array<double> const& bound) {
  Kokkos::parallel_for(
      "bellshard::dp::scale_values", Kokkos::RangePolicy<Execution>(space, 0, values.extent(0)),
      KOKKOS_LAMBDA(std::int64_t i) { bound(i) = values(i) == 0 ? 0.0 : factor * values(i); });
}

/// The proof: counts the live states where a bound fails its inequality, with the rounding of the sweep against it.
enum class Bound { lower, upper };
inline std::int64_t count_violations(Execution const& space, RasterModel const& model, Bound bound,
                                     Array<double const> const& values) {
  std::int64_t const columns = model.layout.columns;
  std::int64_t violations = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::count_violations", Kokkos::RangePolicy<Execution>(space, 0, model.layout.rows * columns),
      KOKKOS_LAMBDA(std::int64_t k, std::int64_t& count) {
        std::int64_t const row = k / columns;
        std::int64_t const i = model.layout.index(row, k % columns);
        unsigned const open_bits = model.open(i);
        if (open_bits == 0) return;
        double least = 1e300;
        for (int a = 0; a < move_count; ++a) {
          double const q = model.plain_backup(values.data(), i, row, open_bits, a);
          least = q < least ? q : least;
        }
        // !(a <= b) rather than a > b: a NaN is a violation.
        bool const holds = bound == Bound::upper ? least * (1 + backup_rounding) <= values(i)
                                                 : least * (1 - backup_rounding) >= values(i);
        if (!holds) ++count;
      },
      violations);
  return violations;
}

/// Own live states whose value lies on the wrong side of a bound.
inline std::int64_t count_crossings(Execution const& space, RasterModel const& model, Bound bound, Array<double const> const& values,
                                    Array<double const> const& bounds) {
  std::int64_t const columns = model.layout.columns;
  std::int64_t crossings = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::count_crossings", Kokkos::RangePolicy<Execution>(space, 0, model.layout.rows * columns),
      KOKKOS_LAMBDA(std::int64_t k, std::int64_t& count) {
        std::int64_t const i = model.layout.index(k / columns, k % columns);
        if (model.open(i) == 0) return;
        bool const holds = bound == Bound::upper ? values(i) <= bounds(i) : values(i) >= bounds(i);
        if (!holds) ++count;
      },
      crossings);
  return crossings;
}

/// max over own live states of (upper - lower) / max(1, |upper|) [1]
inline double largest_width(Execution const& space, RasterModel const& model, Array<double const> const& lower,
                            Array<double const> const& upper) {
  std::int64_t const columns = model.layout.columns;
  double width = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::largest_width", Kokkos::RangePolicy<Execution>(space, 0, model.layout.rows * columns),
      KOKKOS_LAMBDA(std::int64_t k, double& most) {
        std::int64_t const i = model.layout.index(k / columns, k % columns);
        if (model.open(i) == 0) return;
        double const scale = upper(i) > 1 ? upper(i) : 1.0;
        double const w = (upper(i) - lower(i)) / scale;
        most = w > most ? w : most;
      },
      Kokkos::Max<double>(width));
  return width;
}

/// The greedy move of every own cell: the lowest of the best moves, self-loops solved for; -1 where the cell is frozen.
/// Where the values are a proven upper bound, so is the cost of following these moves for ever.
/// move  [(row - row_begin) * columns + column]  for own rows [row_begin, row_begin + rows)
inline void greedy_moves(Execution const& space, RasterModel const& model, Array<double const> const& values,
                         std::int64_t row_begin, std::int64_t rows, Array<std::int32_t> const& move) {
  std::int64_t const columns = model.layout.columns;
  Kokkos::parallel_for(
      "bellshard::dp::greedy_moves", Kokkos::RangePolicy<Execution>(space, 0, rows * columns), KOKKOS_LAMBDA(std::int64_t k) {
        std::int64_t const row = row_begin + k / columns;
        std::int64_t const i = model.layout.index(row, k % columns);
        unsigned const open_bits = model.open(i);
        move(k) = open_bits == 0 ? -1 : model.backup(values.data(), i, row, open_bits).move;
      });
}

}  // namespace bellshard::dp
