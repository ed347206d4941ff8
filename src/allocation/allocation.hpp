#pragma once
#include <cstdint>
#include <vector>

#include "io/hdf5/result_file.hpp"
#include "src/allocation/lagrangian.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::allocation {

/// What is taken for each budget, the same on every rank. Losses and bounds as the user counts them.
struct Allocation {
  std::vector<std::int64_t> budget;
  std::vector<std::int32_t> choice;      ///< [budget, layer] by number
  std::vector<std::int64_t> layer_cost;  ///< [budget, layer] of the choice
  std::vector<double> layer_loss;        ///< [budget, layer] of the choice
  std::vector<double> loss;              ///< [budget] sum, added in the order of the stages
  std::vector<std::int64_t> cost;        ///< [budget] sum
  std::vector<double> bound;             ///< [budget] Lagrangian: nothing is better
  std::vector<double> greedy;            ///< [budget] loss of the choice that the bound's own multiplier finds

  double largest_gap() const;  ///< |loss - bound|
};

/// Sums up candidates [stage, budget]. Exit 8 where a cost exceeds its budget or a sum of losses lies beyond the bound: neither can be.
Allocation settle(Problem const& problem, Lagrangian const& lagrangian, Table const& table, std::vector<std::int64_t> const& budgets,
                  Candidates const& candidate);

/// The check of a table that was swept: the least losses that it says, as stored with this relative rounding, are those of what was chosen and no worse than
/// the greedy choice. Exit 8 where not.
void verify(Problem const& problem, Lagrangian const& lagrangian, Allocation const& allocation, std::vector<double> const& optimum, double epsilon);

/// Axes of what write() writes.
struct ResultAxes {
  io::Axis budget, layer;
};

/// /results/choice [budget, layer], loss, cost, bound, greedy [budget].
ResultAxes write(Context const& context, io::ResultFile& out, Table const& table, Allocation const& allocation);

}  // namespace bellshard::allocation
