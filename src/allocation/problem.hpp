#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "kernels/dp/objective.hpp"
#include "src/allocation/table.hpp"

namespace bellshard::allocation {

/// One layer as the solvers see it. Choices stand in the order of their numbers; no two have the same cost or the same loss.
struct Stage {
  std::int64_t layer = 0;            ///< of the table
  std::vector<std::int32_t> choice;  ///< [candidate] number in the layer
  std::vector<std::int64_t> cost;    ///< [candidate] above the cheapest [unit]; one of them is 0
  std::vector<double> loss;          ///< [candidate] finite, to be minimised
  std::int64_t reach = 0;            ///< largest cost [unit]
};

/// Position of the candidate that each stage takes for each of several budgets [stage, budget].
using Candidates = std::vector<std::int32_t>;

/// What is left of a table for budgets up to the largest asked for.
struct Problem {
  dp::Objective objective = dp::Objective::min;
  std::vector<Stage> stages;    ///< the shortest reach first, equal ones in the order of the layers
  std::int64_t base_cost = 0;   ///< of the cheapest choices of all layers
  std::int64_t unit = 1;        ///< greatest common divisor of all costs above the cheapest
  std::int64_t cells = 1;       ///< budgets base_cost + c * unit, c = 0 .. cells-1; more than the last one buys nothing better
  std::int64_t choices = 0;     ///< of the table
  std::int64_t candidates = 0;  ///< of these, left

  /// The cell of a budget of at least base_cost.
  std::int64_t cell_of(std::int64_t budget) const { return std::min((budget - base_cost) / unit, cells - 1); }
  /// A sum of minimised losses as the user counts them.
  double as_asked(double loss) const { return objective == dp::Objective::max ? 0.0 - loss : loss; }
};

/// Exit 4 where a layer has no choice that is allowed, or the smallest budget buys less than the cheapest choices.
Problem prepare(Table const& table, dp::Objective objective, std::vector<std::int64_t> const& budgets);

}  // namespace bellshard::allocation
