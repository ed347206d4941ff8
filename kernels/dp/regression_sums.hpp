#pragma once
#include <cmath>

#include "kernels/dp/pessimistic_value.hpp"
#include "kernels/dp/robust_backup.hpp"

namespace bellshard::dp {

/// Rows of several data sets in the memory of this rank, `blocks` blocks of each, set after set. A row stands for `count` equal rows of the
/// data: they are merged within blocks of `block_rows`. Sums are made block by block, row by row; who adds the blocks in their order gets
/// the same bits wherever they were summed.
struct RegressionRows {
  static constexpr std::int64_t block_rows = 1024;  ///< of the data, before merging

  FeatureMap features;
  std::int64_t sets = 0, blocks = 0;
  Array<std::int64_t const> begin;   ///< [set * blocks + block] first row, one more at the end
  Array<double const> state;         ///< [row]
  Array<std::int32_t const> action;  ///< [row]
  Array<double const> count;         ///< [row]
};

/// Where the sums of own blocks go: out[(set * all_blocks + first_block + block) * items + ...], zero before.
struct BlockSums {
  Array<double> out;
  std::int64_t all_blocks = 0, first_block = 0;

  /// Those of own block k, counted over all own sets.
  KOKKOS_INLINE_FUNCTION double* of(RegressionRows const& data, std::int64_t k, std::int64_t items) const {
    return out.data() + (k / data.blocks * all_blocks + first_block + k % data.blocks) * items;
  }
};

/// out[row] = value of `next` [row] in the set of the row.
inline void evaluate_rows(Execution const& space, PessimisticValue const& stage, RegressionRows const& data, Array<double const> const& next, Array<double> const& out) {
  Kokkos::parallel_for(
      "bellshard::dp::evaluate_rows", Kokkos::RangePolicy<Execution>(space, 0, data.sets * data.blocks), KOKKOS_LAMBDA(std::int64_t k) {
        for (std::int64_t r = data.begin(k); r < data.begin(k + 1); ++r) out(r) = stage.best(k / data.blocks, next(r)).value;
      });
}

/// Sum of phi phi^T of each block [factor, factor].
inline void sum_gram(Execution const& space, RegressionRows const& data, BlockSums const& sums) {
  std::int64_t const d = data.features.factors;
  Kokkos::parallel_for(
      "bellshard::dp::sum_gram", Kokkos::RangePolicy<Execution>(space, 0, data.sets * data.blocks), KOKKOS_LAMBDA(std::int64_t k) {
        double* const gram = sums.of(data, k, d * d);
        for (std::int64_t r = data.begin(k); r < data.begin(k + 1); ++r) {
          data.features(data.state(r), data.action(r), [&](std::int32_t i, double x) {
            double const many = data.count(r) * x;
            data.features(data.state(r), data.action(r), [&](std::int32_t j, double y) { gram[i * d + j] += many * y; });
          });
        }
      });
}

/// What is regressed on the features.
enum class Target {
  value,        ///< v
  cut,          ///< min(v, cut of the set)
  exponential   ///< exp(-v / scale) - 1
};

/// Sum of phi y of each block [factor]. v [row], cut [set].
inline void sum_target(Execution const& space, RegressionRows const& data, Target target, Array<double const> const& v, Array<double const> const& cut,
                       double scale, BlockSums const& sums) {
  std::int64_t const d = data.features.factors;
  Kokkos::parallel_for(
      "bellshard::dp::sum_target", Kokkos::RangePolicy<Execution>(space, 0, data.sets * data.blocks), KOKKOS_LAMBDA(std::int64_t k) {
        std::int64_t const set = k / data.blocks;
        double* const sum = sums.of(data, k, d);
        for (std::int64_t r = data.begin(k); r < data.begin(k + 1); ++r) {
          double y = v(r);
          if (target == Target::cut && y > cut(set)) y = cut(set);
          if (target == Target::exponential) y = ::expm1(-y / scale);
          double const many = data.count(r) * y;
          data.features(data.state(r), data.action(r), [&](std::int32_t i, double x) { sum[i] += x * many; });
        }
      });
}

/// Least v of each set [set]; the same whatever the order.
inline void least_of_sets(Execution const& space, RegressionRows const& data, Array<double const> const& v, Array<double> const& least) {
  Kokkos::parallel_for(
      "bellshard::dp::least_of_sets", Kokkos::RangePolicy<Execution>(space, 0, data.sets), KOKKOS_LAMBDA(std::int64_t set) {
        double low = INFINITY;
        for (std::int64_t r = data.begin(set * data.blocks); r < data.begin((set + 1) * data.blocks); ++r) low = v(r) < low ? v(r) : low;
        least(set) = low;
      });
}

/// A worst case that takes a search, for each factor by itself.
enum class Search { chi2_penalised, tv_ball, kl_ball };

/// One data set whose values were sorted: row r has the value value[place[r]], values ascend.
struct SortedValues {
  Array<std::int32_t const> place;  ///< [row]
  Array<double const> value;        ///< [place]
};

/// worst[k] of factor first + k: the weight of each value in the regression of this factor is the sum over its rows of (inverse phi), and
/// over these weights the worst case is searched. One set alone; inverse [factor, factor] of it; scratch [k, place].
inline void search_factors(Execution const& space, RegressionRows const& data, Array<double const> const& inverse, SortedValues const& sorted, Search search,
                           double parameter, double coolest, double most, std::int64_t first, Array<double> const& scratch, Array<double> const& worst) {
  std::int64_t const d = data.features.factors, values = static_cast<std::int64_t>(sorted.value.extent(0)), rows = static_cast<std::int64_t>(sorted.place.extent(0));
  auto const factors = static_cast<std::int64_t>(worst.extent(0));
  Kokkos::parallel_for(
      "bellshard::dp::search_factors", Kokkos::RangePolicy<Execution>(space, 0, factors), KOKKOS_LAMBDA(std::int64_t k) {
        double* const weight = scratch.data() + k * values;
        double const* const row = inverse.data() + (first + k) * d;
        for (std::int64_t p = 0; p < values; ++p) weight[p] = 0;
        for (std::int64_t r = 0; r < rows; ++r) {
          double x = 0;
          data.features(data.state(r), data.action(r), [&](std::int32_t j, double y) { x += row[j] * y; });
          weight[sorted.place(r)] += data.count(r) * x;
        }
        Outcomes const outcomes{sorted.value.data(), weight, values};
        worst(k) = search == Search::chi2_penalised ? chi2_penalised(outcomes, parameter, most)
                   : search == Search::tv_ball      ? tv_ball(outcomes, parameter, 0, most)
                                                    : kl_ball(outcomes, parameter, coolest, most);
      });
}

}  // namespace bellshard::dp
