#pragma once
#include <string>

#include "kernels/dp/chain_rows.hpp"
#include "src/dist/ghost_exchange.hpp"

namespace bellshard::incremental_worst_case {

/// What rounds came to, beside the values.
struct Rounds {
  std::int64_t sweeps = 0;        ///< over all actions
  std::int64_t chain_sweeps = 0;  ///< of a chain after each of them
  std::int64_t chain_swept = 0;   ///< of chains in all
  double error = 0;               ///< that values still can have
  double allowed = 0;             ///< what plain sweeps are sure to be below, generously
};

/// Modified policy iteration (Puterman and Shin 1978), nature's answers held like actions: a sweep over all actions writes down the row that each state is met with, then sweeps of that chain alone follow.
/// Only the first kind says how far off values are: whatever they were before, the limit lies between discount / (1 - discount) times the least and the greatest change above them.
/// Against one model the rounds converge. Where nature answers, holding what it did may go round in circles, so rounds that fall behind what plain sweeps are sure of have no chain sweeps any more.
class ValueRounds {
 public:
  /// Begins with values of 0. chain_sweeps = 0: value iteration. One exchange of values at a time, whoever else uses `exchange`.
  ValueRounds(MPI_Comm comm, GhostExchange& exchange, dp::FamilyModel const& model, std::int64_t chain_sweeps, double tolerance);

  template <class Worth>
  void advance(std::string const& label, Worth const& worth) {
    if (rounds_.chain_sweeps == 0) return follow(dp::sweep_best(label, Execution(), model_, worth, value_, next_));
    follow(dp::sweep_best(label, Execution(), model_, worth, value_, next_, dp::NoteInChain<Worth>{worth, chain_}));
  }
  bool finished() const { return rounds_.sweeps > 0 && rounds_.error <= tolerance_; }
  Rounds& rounds() { return rounds_; }
  Rounds const& rounds() const { return rounds_; }
  Array<double>& values() { return value_; }  ///< [local item]
  Array<double> const& values() const { return value_; }
  void refresh() { exchange_.refresh(value_); }

 private:
  void follow(dp::Change const& change);

  MPI_Comm comm_;
  GhostExchange& exchange_;
  dp::FamilyModel model_;
  double tolerance_;
  Rounds rounds_;
  Array<double> value_, next_;
  dp::ChainRows chain_;
};

}  // namespace bellshard::incremental_worst_case
