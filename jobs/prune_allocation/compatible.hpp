#pragma once
#include <cstdint>
#include <vector>

#include "src/allocation/solve.hpp"

namespace bellshard::prune_allocation {

/// Allocations by the table of the published program (Xu et al. 2023), with its rounding, to repeat its numbers; not proven, and a budget may be missed by what the first stage is rounded:
///
///     D_1[j] = loss of the amount whose share of weights left is closest to j / N_1
///     D_l[j] = min over k with j > N_l (1 - phi_k) of loss_l(k) + D_{l-1}[j - floor(N_l (1 - phi_k))],   D_l[0] = loss_l(1) + D_{l-1}[0], but D_2[0] = loss_2(1)
///
/// for layers in the order of their weights N, j = 0 .. budget - 1 weights left, phi_k = k / (choices - 1), sums in float32; the answer is D_n[budget - 1]. Ties to the lowest k, which the source leaves open.
struct Compatible : allocation::Answer {
  std::vector<double> table_loss;  ///< [budget] D_n[budget - 1]
};

/// On rank 0 alone. Exit 4 where the choices of a layer do not cost floor(N (1 - phi_k)), or a budget is 0; exit 7 where the tables need more than solver.memory_limit (4 GiB without one).
/// Collective.
Compatible compatible(Context& context, allocation::SolverConfig const& solver, allocation::Table const& table, std::vector<std::int64_t> const& budgets);

/// Bytes of the tables on rank 0.
double compatible_bytes(allocation::Table const& table, std::vector<std::int64_t> const& budgets);

}  // namespace bellshard::prune_allocation
