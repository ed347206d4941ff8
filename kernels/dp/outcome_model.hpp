#pragma once
#include "kernels/dp/stock_grid.hpp"
#include "kernels/execution.hpp"

namespace bellshard::dp {

/// The own block of a Markov decision process whose rewards are random: each outcome of a pair of state and action has a next state and
/// a reward. Those of a pair ascend by reward, so that what is shifted alike stands together.
struct OutcomeModel {
  std::int64_t states = 0;                  ///< own
  std::int64_t own_first = 0;               ///< where the own states begin in local storage
  double discount = 1;
  StockGrid stock;
  Array<std::int64_t const> pair_begin;     ///< [own state + 1]
  Array<std::int64_t const> outcome_begin;  ///< [pair + 1]
  Array<std::int32_t const> next_state;     ///< [outcome] in local storage
  Array<double const> probability;          ///< [outcome]
  Array<double const> reward;               ///< [outcome]
  Array<std::int64_t const> follower_begin; ///< [own state + 1] followers: different pairs of next state and reward that the actions of a state lead to
  Array<std::int32_t const> follower_state; ///< [follower] in local storage
  Array<double const> follower_reward;      ///< [follower]
  Array<std::int32_t const> follower;       ///< [outcome] which one of its state's it is

  /// Outcomes [first, end) of one pair with one reward.
  struct Group {
    std::int64_t first;
    std::int64_t end;
    double reward;
    StockPlace place;  ///< of what has been collected after it, in units of then
    double stock;      ///< that, not rounded
  };
  /// visit(group) for each group of a pair, from a stock on.
  template <class Visit>
  KOKKOS_INLINE_FUNCTION void for_each_group(std::int64_t pair, double from, Visit const& visit) const {
    std::int64_t const last = outcome_begin(pair + 1);
    for (std::int64_t first = outcome_begin(pair); first < last;) {
      double const r = reward(first);
      std::int64_t end = first + 1;
      while (end < last && reward(end) == r) ++end;
      double const after = (from + r) / discount;
      visit(Group{first, end, r, stock.place(after), after});
      first = end;
    }
  }
};

/// The laws of the returns from each state and stock on, row by row: for state s in local storage and stock k the `atoms` numbers of the
/// law, and behind them the bound on their Wasserstein-1 distance from the return of the policy that they follow.
struct Laws {
  Array<double> value;  ///< [local state, stock, atoms + 1]
  int stocks = 1;
  int atoms = 1;

  KOKKOS_INLINE_FUNCTION int width() const { return atoms + 1; }
  KOKKOS_INLINE_FUNCTION double* row(std::int64_t state, int stock) const {
    return value.data() + (state * stocks + stock) * static_cast<std::int64_t>(width());
  }
};

}  // namespace bellshard::dp
