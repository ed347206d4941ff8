#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

#include "kernels/vectors.hpp"

namespace bellshard::dp {

/// One stage of buying from a budget at random prices, on one rank's budgets. An item comes up at price d with chance[d]; it is bought where
/// what it is worth makes up for what the budget is worth afterwards:
///     worth(b, d)  = gain[d] + discount (before[b - d] - before[b]),   which falls with d,
///     after[b]     = before[b] + sum over d = 0 .. a(b) of chance[d] worth(b, d),   a(b) the largest d with worth(b, d) >= 0.
/// Index 0 is the rank's first budget, a multiple of `tile`. `before` reaches down to -prices; budgets below zero hold -infinity, so that
/// nothing is bought beyond the budget. Budget 0 is worth 0 for good.
///
/// Values are counted from that of their tile's first budget: sums of small numbers lose less. No bit depends on how budgets are sharded.
struct PriceStage {
  static constexpr std::int64_t tile = 512;
  static constexpr std::int32_t most_prices = 1024;

  double const* before;      ///< [margin + budget]
  double* after;             ///< [budget]
  double const* chance;      ///< [price 0 .. prices]
  double const* gain;        ///< [price] of an item that is bought at it
  double const* chance_sum;  ///< [price] of prices up to this one
  double const* gain_sum;    ///< [price] chance gain, of prices up to this one
  double discount;
  std::int32_t prices;       ///< the largest price
  std::int64_t first;        ///< budget of index 0

  KOKKOS_INLINE_FUNCTION bool is_worth(double there, double here, std::int32_t d) const { return gain[d] + discount * (there - here) >= 0; }

  KOKKOS_INLINE_FUNCTION void sweep_cell(std::int64_t b) const {
    double const base = before[b / tile * tile];
    double const here = before[b] - base;
    std::int32_t low = 0, high = prices + 1;  // worth it at low, not at high
    while (high - low > 1) {
      std::int32_t const middle = (low + high) / 2;
      (is_worth(before[b - middle] - base, here, middle) ? low : high) = middle;
    }
    double sum = 0;
    for (std::int32_t d = 0; d <= low; ++d) sum = fused(chance[d], before[b - d] - base, sum);
    after[b] = first + b == 0 ? 0 : before[b] + (gain_sum[low] + discount * (sum - chance_sum[low] * here));
  }
};

}  // namespace bellshard::dp
