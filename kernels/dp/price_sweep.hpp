#pragma once
#include "kernels/dp/price_lanes.hpp"
#include "src/base/block.hpp"

namespace bellshard::dp {

/// Sweeps budgets [budgets.begin, budgets.end), counted as stage.before counts them, both multiples of a tile.
inline void sweep_prices(Execution const& space, PriceStage const& stage, Block budgets) {
  if (budgets.empty()) return;
#ifdef BELLSHARD_VECTORS
  if constexpr (runs_on_host) {
    Kokkos::parallel_for(
        "bellshard::dp::sweep_prices", Kokkos::RangePolicy<Execution>(space, budgets.begin / PriceStage::tile, budgets.end / PriceStage::tile),
        KOKKOS_LAMBDA(std::int64_t tile) { price_lanes::sweep_tile(stage, tile * PriceStage::tile); });
    return;
  }
#endif
  Kokkos::parallel_for(
      "bellshard::dp::sweep_prices", Kokkos::RangePolicy<Execution>(space, budgets.begin, budgets.end), KOKKOS_LAMBDA(std::int64_t b) { stage.sweep_cell(b); });
}

/// Values of one stage, as a weighted sum of a few rows: one row of weight 1 where it is kept itself.
struct MixedRow {
  static constexpr int most = 4;
  double const* row[most] = {};  ///< [margin + budget]; index 0 is the rank's first budget
  double weight[most] = {};
  int rows = 0;

  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t b) const {
    if (rows == 1) return row[0][b];
    double sum = 0;
    for (int k = 0; k < rows; ++k) sum += weight[k] * row[k][b];
    return sum;
  }
};

/// What to bid: the largest d <= most with worth + discount (value(b - d) - value(b)) - price_weight d >= 0, found by going up to the first d
/// that fails.
struct BidRule {
  MixedRow value;
  double discount, price_weight;
  std::int32_t most;

  KOKKOS_INLINE_FUNCTION std::int32_t operator()(std::int64_t b, double worth, std::int32_t limit) const {
    double const here = value(b);
    std::int32_t bid = 0;
    while (bid < limit && worth + discount * (value(b - bid - 1) - here) - price_weight * (bid + 1) >= 0) ++bid;
    return bid;
  }
};

/// bid(i) at budget(i) for an item of this worth, where the budget is one of `own`; else -1. Index 0 of the rule's rows is own.begin.
inline void find_bids(Execution const& space, BidRule const& rule, Block own, Array<std::int64_t const> const& budget, Array<double const> const& worth,
                      Array<std::int32_t> const& bid) {
  Kokkos::parallel_for(
      "bellshard::dp::find_bids", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(bid.extent(0))), KOKKOS_LAMBDA(std::int64_t i) {
        auto const b = budget(i);
        std::int32_t const limit = b < rule.most ? static_cast<std::int32_t>(b) : rule.most;
        bid(i) = own.begin <= b && b < own.end ? rule(b - own.begin, worth(i), limit) : -1;
      });
}

/// row(i) of a run of budgets as the mix of rows gives it against what it is: the largest difference of values, and of differences of neighbours.
struct MixError {
  double value = 0, difference = 0;
};

inline MixError mix_error(Execution const& space, MixedRow const& mixed, double const* exact, std::int64_t budgets) {
  MixError error;
  Kokkos::parallel_reduce(
      "bellshard::dp::mix_error", Kokkos::RangePolicy<Execution>(space, 0, budgets),
      KOKKOS_LAMBDA(std::int64_t b, double& most_value, double& most_difference) {
        double const here = mixed(b) - exact[b], above = mixed(b + 1) - exact[b + 1];
        double const value = here < 0 ? -here : here, difference = above < here ? here - above : above - here;
        most_value = value > most_value ? value : most_value;
        most_difference = difference > most_difference ? difference : most_difference;
      },
      Kokkos::Max<double>(error.value), Kokkos::Max<double>(error.difference));
  return error;
}

}  // namespace bellshard::dp
