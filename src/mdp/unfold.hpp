#pragma once
#include "src/dist/partition.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::mdp {

/// A model times the reward that may still be spent, 0 .. budget: state s with b left is s * (budget + 1) + b, so each rank
/// unfolds its own block. A pair whose reward exceeds what is left leads to the extra last state, where nothing succeeds.
struct Unfolded {
  Partition states;
  Rows rows;
  std::vector<std::uint8_t> target, allowed;  ///< [own unfolded state]
  std::int64_t budget = 0;

  std::int64_t whole(std::int64_t original) const { return original * (budget + 1) + budget; }  ///< with all of it left
};

/// Rewards must be whole and not negative: exit 4 with the first state that has another one. Collective.
Unfolded unfold(MPI_Comm comm, Partition const& states, Rows const& rows, Question const& question);

}  // namespace bellshard::mdp
