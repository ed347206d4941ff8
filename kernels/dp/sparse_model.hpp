#pragma once
#include "kernels/dp/objective.hpp"
#include "kernels/dp/sparse_storage.hpp"

namespace bellshard::dp {

/// The own block of a sharded sparse Markov decision process. Values lie in local storage (src/dist/ghost_exchange.hpp), own
/// state s at own_first + s.
template <class ColumnsType, class ProbabilitiesType>
struct SparseModel {
  using Columns = ColumnsType;
  using Probabilities = ProbabilitiesType;

  std::int64_t states = 0;  ///< own
  std::int64_t own_first = 0;
  Objective objective = Objective::max;
  double discount = 1;
  Array<std::int64_t const> pair_begin;        ///< [own state + 1] first pair
  Array<std::int64_t const> transition_begin;  ///< [own state + 1] first transition
  Array<std::uint32_t const> pair_end;         ///< [pair] end of its transitions, from the first one of its state
  Array<double const> reward;                  ///< [pair]
  Columns columns;
  Probabilities probabilities;

  /// One pair of state and action, and its transitions.
  struct Pair {
    std::int64_t index;
    std::int64_t first;
    std::uint32_t transitions;
    typename Columns::Row column;
    typename Probabilities::Row probability;
  };

  /// Pair `index` of own state s, whose transitions begin `begin` behind the state's first one.
  KOKKOS_INLINE_FUNCTION Pair pair(std::int64_t s, std::int64_t index, std::uint32_t begin) const {
    std::int64_t const first = transition_begin(s) + begin;
    return {index, first, pair_end(index) - begin, columns.row(own_first + s, index, first), probabilities.row(first)};
  }
  /// The pair of one action of own state s.
  KOKKOS_INLINE_FUNCTION Pair pair_of_action(std::int64_t s, std::int32_t action) const {
    std::int64_t const index = pair_begin(s) + action;
    return pair(s, index, action == 0 ? 0 : pair_end(index - 1));
  }

  /// Calls visit(action, pair) for the actions of own state s in ascending order.
  template <class Visit>
  KOKKOS_INLINE_FUNCTION void for_each_action(std::int64_t s, Visit const& visit) const {
    std::int64_t const begin = pair_begin(s), end = pair_begin(s + 1);
    std::uint32_t done = 0;
    for (std::int64_t index = begin; index < end; ++index) {
      Pair const p = pair(s, index, done);
      done += p.transitions;
      visit(static_cast<std::int32_t>(index - begin), p);
    }
  }
};

}  // namespace bellshard::dp
