#pragma once
#include "kernels/dp/sparse_model.hpp"

namespace bellshard::dp {

/// Room for the rows of one policy: a pair for each own state, as plain columns and probabilities.
struct ChosenRows {
  Array<std::int64_t> transition_begin;  ///< [own state + 1] begins with 0
  Array<std::uint32_t> pair_end;         ///< [own state]
  Array<double> reward;                  ///< [own state]
  Array<std::int32_t> column;            ///< [transition]
  Array<double> probability;             ///< [transition]
  Array<double> upper;                   ///< [transition] of intervals, else empty
};

KOKKOS_INLINE_FUNCTION void put_probability(ChosenRows const& rows, std::int64_t t, PlainProbabilities::Row const& row, std::uint32_t k) {
  rows.probability(t) = row.probability[k];
}
KOKKOS_INLINE_FUNCTION void put_probability(ChosenRows const& rows, std::int64_t t, IntervalProbabilities::Row const& row, std::uint32_t k) {
  rows.probability(t) = row.lower[k];
  rows.upper(t) = row.upper[k];
}

/// Where the chosen pairs of a part of the states end: a prefix sum that goes on from the part before.
template <class Model>
struct CountChosen {
  Model model;
  Array<std::int32_t const> action;      ///< [state of the part]
  Array<std::int64_t> transition_begin;  ///< of the policy's rows
  std::int64_t first;                    ///< own state that the part begins with
  std::int64_t base;                     ///< transitions before it

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t s, std::int64_t& sum, bool last) const {
    sum += model.pair_of_action(s, action(s)).transitions;
    if (last) transition_begin(first + s + 1) = base + sum;
  }
};

template <class Model>
struct CopyChosen {
  Model model;
  Array<std::int32_t const> action;
  ChosenRows rows;
  std::int64_t first;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t s) const {
    auto const pair = model.pair_of_action(s, action(s));
    auto const t = rows.transition_begin(first + s);
    for (std::uint32_t k = 0; k < pair.transitions; ++k) {
      rows.column(t + k) = static_cast<std::int32_t>(pair.column[k]);
      put_probability(rows, t + k, pair.probability, k);
    }
    rows.pair_end(first + s) = pair.transitions;
    rows.reward(first + s) = model.reward(pair.index);
  }
};

/// Copies the rows of the chosen actions of a part of the states, own states first .. first + model.states - 1, behind the `base`
/// transitions of the parts before. Returns how many transitions there are now.
template <class Model>
std::int64_t copy_chosen(Execution const& space, Model const& model, Array<std::int32_t const> const& action, std::int64_t first,
                         std::int64_t base, ChosenRows const& rows) {
  std::int64_t more = 0;
  Kokkos::RangePolicy<Execution> const states(space, 0, model.states);
  Kokkos::parallel_scan("bellshard::dp::count_chosen", states, CountChosen<Model>{model, action, rows.transition_begin, first, base}, more);
  Kokkos::parallel_for("bellshard::dp::copy_chosen", states, CopyChosen<Model>{model, action, rows, first});
  return base + more;
}

/// 0, 1, 2, ...
inline void count_up(Execution const& space, Array<std::int64_t> const& array) {
  Kokkos::parallel_for(
      "bellshard::dp::count_up", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(array.extent(0))),
      KOKKOS_LAMBDA(std::int64_t i) { array(i) = i; });
}

/// Are two policies the same, action by action?
inline bool same_policy(Execution const& space, Array<std::int32_t const> const& a, Array<std::int32_t const> const& b) {
  std::int64_t different = 0;
  Kokkos::parallel_reduce(
      "bellshard::dp::same_policy", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(a.extent(0))),
      KOKKOS_LAMBDA(std::int64_t s, std::int64_t& sum) { sum += a(s) != b(s); }, different);
  return different == 0;
}

}  // namespace bellshard::dp
