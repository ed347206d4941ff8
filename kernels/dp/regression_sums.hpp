#pragma once
#include <cmath>

#include "kernels/dp/feature_map.hpp"
#include "kernels/dp/robust_backup.hpp"

namespace bellshard::dp {

/// Rows of several data sets: `rows` of each in the memory of this rank, set after set. Sums over them are made by blocks of
/// `block_rows` rows, each block row by row; who adds the blocks in their order gets the same bits wherever they were summed.
struct RegressionRows {
  static constexpr std::int64_t block_rows = 1024;

  FeatureMap features;
  std::int64_t sets = 0, rows = 0;
  Array<double const> state;         ///< [set, row]
  Array<std::int32_t const> action;  ///< [set, row]

  KOKKOS_INLINE_FUNCTION std::int64_t blocks() const { return (rows + block_rows - 1) / block_rows; }
  /// visit(row) for the rows of a block of a set.
  template <class Visit>
  KOKKOS_INLINE_FUNCTION void for_each_row(std::int64_t set, std::int64_t block, Visit const& visit) const {
    std::int64_t const end = (block + 1) * block_rows < rows ? (block + 1) * block_rows : rows;
    for (std::int64_t i = block * block_rows; i < end; ++i) visit(set * rows + i);
  }
};

/// Where the sums of own blocks go: out[(set * all_blocks + first_block + block) * items + ...], zero before.
struct BlockSums {
  Array<double> out;
  std::int64_t all_blocks = 0, first_block = 0;
};

/// Sum of phi phi^T of each block [factor, factor].
inline void sum_gram(Execution const& space, RegressionRows const& data, BlockSums const& sums) {
  std::int64_t const d = data.features.factors, blocks = data.blocks();
  Kokkos::parallel_for(
      "bellshard::dp::sum_gram", Kokkos::RangePolicy<Execution>(space, 0, data.sets * blocks), KOKKOS_LAMBDA(std::int64_t k) {
        std::int64_t const set = k / blocks, block = k % blocks;
        double* const gram = sums.out.data() + (set * sums.all_blocks + sums.first_block + block) * d * d;
        data.for_each_row(set, block, [&](std::int64_t r) {
          data.features(data.state(r), data.action(r), [&](std::int32_t i, double x) {
            data.features(data.state(r), data.action(r), [&](std::int32_t j, double y) { gram[i * d + j] += x * y; });
          });
        });
      });
}

/// What is regressed on the features.
enum class Target {
  value,        ///< v
  cut,          ///< min(v, cut of the set)
  exponential   ///< exp(-v / scale) - 1
};

/// Sum of phi y of each block [factor]. v [set, row], cut [set].
inline void sum_target(Execution const& space, RegressionRows const& data, Target target, Array<double const> const& v, Array<double const> const& cut,
                       double scale, BlockSums const& sums) {
  std::int64_t const d = data.features.factors, blocks = data.blocks();
  Kokkos::parallel_for(
      "bellshard::dp::sum_target", Kokkos::RangePolicy<Execution>(space, 0, data.sets * blocks), KOKKOS_LAMBDA(std::int64_t k) {
        std::int64_t const set = k / blocks, block = k % blocks;
        double* const sum = sums.out.data() + (set * sums.all_blocks + sums.first_block + block) * d;
        data.for_each_row(set, block, [&](std::int64_t r) {
          double y = v(r);
          if (target == Target::cut && y > cut(set)) y = cut(set);
          if (target == Target::exponential) y = ::expm1(-y / scale);
          data.features(data.state(r), data.action(r), [&](std::int32_t i, double x) { sum[i] += x * y; });
        });
      });
}

/// Least v of each set [set]; the same whatever the order.
inline void least_of_sets(Execution const& space, RegressionRows const& data, Array<double const> const& v, Array<double> const& least) {
  Kokkos::parallel_for(
      "bellshard::dp::least_of_sets", Kokkos::RangePolicy<Execution>(space, 0, data.sets), KOKKOS_LAMBDA(std::int64_t set) {
        double low = INFINITY;
        for (std::int64_t i = 0; i < data.rows; ++i) {
          double const value = v(set * data.rows + i);
          low = value < low ? value : low;
        }
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

/// worst[i] for factors [first, first + size of scratch's rows): the weight of each value in the regression's factor i is the sum over its rows of
/// (inverse phi)_i, and over these the worst case is searched. `inverse` [factor, factor] of the set; scratch [factor of the part, place].
inline void search_factors(Execution const& space, RegressionRows const& data, Array<double const> const& inverse, SortedValues const& sorted, Search search,
                           double parameter, double coolest, double most, std::int64_t first, Array<double> const& scratch, Array<double> const& worst) {
  std::int64_t const d = data.features.factors, values = static_cast<std::int64_t>(sorted.value.extent(0));
  auto const factors = static_cast<std::int64_t>(worst.extent(0));
  Kokkos::parallel_for(
      "bellshard::dp::search_factors", Kokkos::RangePolicy<Execution>(space, 0, factors), KOKKOS_LAMBDA(std::int64_t k) {
        double* const weight = scratch.data() + k * values;
        double const* const row = inverse.data() + (first + k) * d;
        for (std::int64_t p = 0; p < values; ++p) weight[p] = 0;
        for (std::int64_t r = 0; r < data.rows; ++r) {
          double x = 0;
          data.features(data.state(r), data.action(r), [&](std::int32_t j, double y) { x += row[j] * y; });
          weight[sorted.place(r)] += x;
        }
        Outcomes const outcomes{sorted.value.data(), weight, values};
        worst(k) = search == Search::chi2_penalised ? chi2_penalised(outcomes, parameter, most)
                   : search == Search::tv_ball      ? tv_ball(outcomes, parameter, 0, most)
                                                    : kl_ball(outcomes, parameter, coolest, most);
      });
}

}  // namespace bellshard::dp
