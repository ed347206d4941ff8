#pragma once
#include <limits>

#include "kernels/dp/interval_sum.hpp"
#include "kernels/dp/sparse_storage.hpp"

namespace bellshard::dp {

/// Least and greatest of what the states of a sweep did.
using Range = Kokkos::MinMaxScalar<double>;

inline constexpr Range no_range() { return {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}; }

KOKKOS_INLINE_FUNCTION void widen(Range& range, double low, double high) {
  range.min_val = low < range.min_val ? low : range.min_val;
  range.max_val = high > range.max_val ? high : range.max_val;
}
/// new - old, which is 0 for two equal infinities.
KOKKOS_INLINE_FUNCTION double change_of(double after, double before) { return after == before ? 0.0 : after - before; }

/// Own states are visited in chunks, so that those without items of other ranks (interior) can be swept while these arrive.
inline constexpr std::int64_t chunk_states = 64;

/// Which states a sweep visits: chunks by number, of a block of `states`.
struct ChunkList {
  Array<std::int32_t const> chunk;
  std::int64_t states = 0;
  bool long_rows = false;  ///< most transitions are in long rows: a device gives each state a part of a warp
};

/// How one thread sums over the transitions of a state's pairs.
template <class Probabilities>
struct SumOf {
  using type = SerialSum;
};
template <>
struct SumOf<IntervalProbabilities> {
  using type = IntervalSum;
};
template <class Model>
using ThreadSum = typename SumOf<typename Model::Probabilities>::type;

/// Calls state(sum, s, range) for each own state s of the chunks; `state` is a functor that reads and writes Views.
/// Returns the range over all of them.
template <class State>
Range visit_states(char const* label, Execution const& space, ChunkList const& list, State const& state) {
  using Sum = ThreadSum<decltype(State::model)>;
  Range range = no_range();
  std::int64_t const chunks = static_cast<std::int64_t>(list.chunk.extent(0));
  if (chunks == 0) return range;
  auto const chunk = list.chunk;
  std::int64_t const states = list.states;
  Kokkos::MinMax<double> const reducer(range);
  if constexpr (runs_on_host) {
    Kokkos::parallel_reduce(
        label, Kokkos::RangePolicy<Execution>(space, 0, chunks),
        [=](std::int64_t k, Range& r) {
          std::int64_t const begin = chunk(k) * chunk_states;
          std::int64_t const end = begin + chunk_states < states ? begin + chunk_states : states;
          for (std::int64_t s = begin; s < end; ++s) state(Sum(), s, r);
        },
        reducer);
  } else if (list.long_rows) {
    constexpr int team_states = 32;
    using Policy = Kokkos::TeamPolicy<Execution>;
    constexpr std::int64_t teams_a_chunk = chunk_states / team_states;
    Kokkos::parallel_reduce(
        label, Policy(space, static_cast<int>(chunks * teams_a_chunk), team_states, sum_lanes),
        KOKKOS_LAMBDA(typename Policy::member_type const& team, Range& r) {
          std::int64_t const k = team.league_rank() / teams_a_chunk, part = team.league_rank() % teams_a_chunk;
          std::int64_t const s = chunk(k) * chunk_states + part * team_states + team.team_rank();
          if (s < states) state(LaneSum<typename Policy::member_type>{team}, s, r);
        },
        reducer);
  } else {
    Kokkos::parallel_reduce(
        label, Kokkos::RangePolicy<Execution>(space, 0, chunks * chunk_states),
        KOKKOS_LAMBDA(std::int64_t k, Range& r) {
          std::int64_t const s = chunk(k / chunk_states) * chunk_states + k % chunk_states;
          if (s < states) state(Sum(), s, r);
        },
        reducer);
  }
  return range;
}

}  // namespace bellshard::dp
