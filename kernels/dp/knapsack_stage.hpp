#pragma once
#include <cstdint>
#include <limits>

#include "kernels/execution.hpp"

namespace bellshard::dp {

/// One stage of a multiple-choice knapsack on one rank's block of cells (Kellerer, Pferschy, Pisinger 2004, ch. 11.5):
///     after[c] = min over k of before[c - cost[k]] + loss[k],   choice[c] = the lowest k that attains it.
/// All in the memory of the execution space. Index 0 is the rank's first cell; `before` reaches down to -(largest cost), where cells below
/// zero of the axis hold infinity. A candidate of cost 0 and finite loss keeps all cells finite.
template <class T, class Number>
struct KnapsackStage {
  T const* before;           ///< [margin + cell] least loss of the stages so far
  T* after;                  ///< [cell]
  Number* choice;            ///< [cell]
  std::int64_t const* cost;  ///< [candidate] in cells
  T const* loss;             ///< [candidate]
  std::int32_t candidates;

  KOKKOS_INLINE_FUNCTION void sweep_cell(std::int64_t c) const {
    T least = before[c - cost[0]] + loss[0];
    std::int32_t lowest = 0;
    for (std::int32_t k = 1; k < candidates; ++k) {
      T const value = before[c - cost[k]] + loss[k];
      if (value < least) least = value, lowest = k;
    }
    after[c] = least;
    choice[c] = static_cast<Number>(lowest);
  }
};

}  // namespace bellshard::dp
