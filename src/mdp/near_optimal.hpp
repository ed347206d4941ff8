#pragma once
#include <mpi.h>

#include <cstdint>
#include <span>
#include <vector>

#include "src/dist/partition.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::mdp {

/// The actions that are left of a model where only the best for another criterion are allowed (lexicographic order of criteria).
struct ActionChoice {
  std::vector<std::int64_t> action_offset;  ///< [own state + 1] pairs of a state, of all its actions
  std::vector<std::uint8_t> keep;           ///< [pair] 1 where the action stays
  double most_loss = 0;                     ///< proven: no policy of these actions is worse by more, in any state [reward]
  std::int64_t kept = 0, all = 0;           ///< pairs, of all ranks
  std::uint64_t digest = 0;                 ///< of which ones, the same for any ranks
};

/// The actions of a discounted model, no interval model, that its proven bounds [own state] do not show to lose more than `slack` at a
/// step: Q(upper) >= lower - slack for max, with the rounding of Q. Every best action stays, and `most_loss` is
/// (slack + (1 + discount) greatest width) / (1 - discount). `among`: where that criterion could not choose among all. Collective.
ActionChoice near_optimal(MPI_Comm comm, Partition const& states, Rows const& rows, Criterion const& criterion, std::span<double const> lower,
                          std::span<double const> upper, double slack, ActionChoice const* among = nullptr);

/// The rows of the pairs that stay.
Rows keep_pairs(Rows const& rows, std::span<std::uint8_t const> keep);

/// An answer on such rows as one on all: its actions as they are numbered there.
void renumber_actions(Answer& answer, ActionChoice const& choice);

}  // namespace bellshard::mdp
