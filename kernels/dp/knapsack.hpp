#pragma once
#include <algorithm>
#include <span>
#include <vector>

#include "kernels/dp/knapsack_lanes.hpp"
#include "src/base/block.hpp"

namespace bellshard::dp {

/// In which order the cells of a stage are visited. 0: rising. Else columns of cells that lie `stride` apart: where costs are nearly equally
/// spaced, candidate k reads at one cell what candidate k-1 reads at the next one, which by then lies in the nearest cache. With rising cells
/// and a reach beyond the cache each candidate reads all values anew (measured: a third of the speed).
inline std::int64_t visiting_stride(std::span<std::int64_t const> cost, std::int64_t cell_bytes) {
  constexpr std::int64_t cache = 1 << 19, column = 64;
  if (cost.size() < 4) return 0;
  std::vector<std::int64_t> sorted(cost.begin(), cost.end());
  std::sort(sorted.begin(), sorted.end());
  if (sorted.back() * cell_bytes <= cache) return 0;
  std::vector<std::int64_t> apart;
  for (std::size_t k = 1; k < sorted.size(); ++k) apart.push_back(sorted[k] - sorted[k - 1]);
  auto const middle = apart.begin() + static_cast<std::ptrdiff_t>(apart.size() / 2);
  std::nth_element(apart.begin(), middle, apart.end());
  auto const stride = *middle;
  if (stride < column) return 0;
  auto const regular = std::count_if(apart.begin(), apart.end(), [&](auto gap) { return (gap + column / 2) % stride <= column; });
  return 2 * regular >= static_cast<std::ptrdiff_t>(apart.size()) ? stride : 0;
}

/// Sweeps the cells [cells.begin, cells.end) of one stage, counted as stage.before counts them.
template <class T, class Number>
void sweep_stage(Execution const& space, KnapsackStage<T, Number> const& stage, Block cells, std::int64_t stride) {
  if (cells.empty()) return;
#ifdef BELLSHARD_KNAPSACK_LANES
  if constexpr (runs_on_host) {
    constexpr std::int64_t run = 4096, column = lanes::wide<T>;
    bool const rising = stride == 0 || stride >= cells.size();
    auto const width = rising ? run : column;
    auto const span = rising ? cells.size() : stride;
    auto const runs = span > width ? span / width : 1;  // the last one takes what is left over
    Kokkos::parallel_for(
        "bellshard::dp::sweep_stage", Kokkos::RangePolicy<Execution>(space, 0, runs), KOKKOS_LAMBDA(std::int64_t item) {
          auto const first = cells.begin + item * width;
          auto const end = cells.begin + (item + 1 < runs ? (item + 1) * width : span);
          for (std::int64_t shift = 0; first + shift < cells.end; shift += span) {
            if (!rising) lanes::ask_ahead(stage, first + shift + span);
            lanes::sweep_run(stage, first + shift, end + shift < cells.end ? end + shift : cells.end);
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
