#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "src/allocation/lagrangian.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::allocation {

/// The optimum within one cell without the table (Dyer, Riha, Walker 1995; Pisinger 1995): stage by stage the sums (cost, loss) that no other one dominates, less
/// those that cannot beat the best choice known, by the relaxation of the stages to come at the cost that is left. Its whole steps complete each sum to a choice, so
/// that good ones are known soon; a first pass that keeps few sums finds better ones, with which the next one leaves out more. Empty where a pass needs more than
/// `most_states`; else the candidate of each stage, which is proven to be an optimum, up to the rounding of sums.
std::optional<Candidates> search_states(Problem const& problem, Lagrangian const& lagrangian, std::int64_t cell, std::int64_t most_states);

/// The same for all cells asked for, shared out over the ranks, each with so many bytes for its lists: candidates [stage, asked], the same on every rank. Empty where
/// one of them needs more. Collective.
std::optional<Candidates> search_states(Context const& context, Problem const& problem, Lagrangian const& lagrangian,
                                        std::vector<std::int64_t> const& asked, double bytes);

}  // namespace bellshard::allocation
