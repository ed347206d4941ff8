#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "kernels/dp/knapsack_lanes.hpp"
#include "src/base/block.hpp"

namespace bellshard::dp {

/// How the cells of a stage are visited, which changes the speed and no value.
struct VisitingOrder {
  enum class Way {
    at_once,    ///< cell after cell, all candidates: what they read lies in the nearest cache
    in_groups,  ///< runs of cells, a dozen candidates at a time: what these read lies in the nearest cache
    in_columns  ///< rows of cells `stride` apart, a dozen candidates at a time: candidate k reads at one row what candidate k-1 reads at the next
  };
  Way way = Way::at_once;
  std::int64_t stride = 0;  ///< [cell], of columns
};

/// The order that suits these costs [cell] and the bytes of a value.
inline VisitingOrder visiting_order(std::span<std::int64_t const> cost, std::int64_t cell_bytes) {
  using Way = VisitingOrder::Way;
  constexpr std::int64_t nearest_cache = 40 << 10, candidates = 12, column = 64;
  std::vector<std::int64_t> sorted(cost.begin(), cost.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.back() * cell_bytes <= nearest_cache) return {};
  if (sorted.size() < 4) return {Way::in_groups};
  std::vector<std::int64_t> apart;
  for (std::size_t k = 1; k < sorted.size(); ++k) apart.push_back(sorted[k] - sorted[k - 1]);
  auto const middle = apart.begin() + static_cast<std::ptrdiff_t>(apart.size() / 2);
  std::nth_element(apart.begin(), middle, apart.end());
  auto const stride = *middle;
  if (candidates * stride * cell_bytes <= nearest_cache) return {Way::in_groups};
  auto const regular = std::count_if(apart.begin(), apart.end(), [&](auto gap) { return (gap + column / 2) % stride <= column; });
  return 2 * regular >= static_cast<std::ptrdiff_t>(apart.size()) ? VisitingOrder{Way::in_columns, stride} : VisitingOrder{Way::in_groups};
}

/// Sweeps the cells [cells.begin, cells.end) of one stage, counted as stage.before counts them.
template <class T, class Number>
void sweep_stage(Execution const& space, KnapsackStage<T, Number> const& stage, Block cells, VisitingOrder order) {
  if (cells.empty()) return;
#ifdef BELLSHARD_VECTORS
  if constexpr (runs_on_host) {
    using Way = VisitingOrder::Way;
    constexpr std::int64_t run = 4096, column = 256;
    bool const columns = order.way == Way::in_columns && order.stride < cells.size();
    auto const width = columns ? column : run;
    auto const span = columns ? order.stride : cells.size();
    auto const runs = span > width ? span / width : 1;  // the last one takes what is left over
    Kokkos::parallel_for(
        "bellshard::dp::sweep_stage", Kokkos::RangePolicy<Execution>(space, 0, runs), KOKKOS_LAMBDA(std::int64_t item) {
          auto const first = cells.begin + item * width;
          auto const end = cells.begin + (item + 1 < runs ? (item + 1) * width : span);
          if (order.way == Way::at_once) {
            lanes::sweep_run(stage, first, end);
          } else if (columns) {
            lanes::sweep_rows(stage, first, end, span, cells.end);
          } else {
            lanes::sweep_rows(stage, first, end, width, end);
          }
        });
    return;
  }
#endif
  Kokkos::parallel_for(
      "bellshard::dp::sweep_stage", Kokkos::RangePolicy<Execution>(space, cells.begin, cells.end), KOKKOS_LAMBDA(std::int64_t c) { stage.sweep_cell(c); });
}

/// Writes `value` to the places [places.begin, places.end).
template <class T>
void fill_places(Execution const& space, Array<T> const& array, Block places, T value) {
  if (places.empty()) return;
  Kokkos::parallel_for(
      "bellshard::dp::fill_places", Kokkos::RangePolicy<Execution>(space, places.begin, places.end), KOKKOS_LAMBDA(std::int64_t p) { array(p) = value; });
}

/// picked(i) = array(place(i)), as double.
template <class T>
void pick_places(Execution const& space, T const* array, Array<std::int64_t const> const& place, Array<double> const& picked) {
  Kokkos::parallel_for(
      "bellshard::dp::pick_places", Kokkos::RangePolicy<Execution>(space, 0, place.extent(0)),
      KOKKOS_LAMBDA(std::int64_t i) { picked(i) = static_cast<double>(array[place(i)]); });
}

}  // namespace bellshard::dp
