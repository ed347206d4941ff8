#pragma once
#include "kernels/dp/family_sweep.hpp"
#include "kernels/elementary/gather_pack.hpp"

namespace bellshard::dp {

/// One row for each own state, what a policy and nature answered it: a Markov chain. States lie side by side in packs, so a sweep has neither
/// branches nor choices. Shorter rows end in chances of 0.
struct ChainRows {
  Array<std::int64_t const> begin;  ///< [pack of states + 1] first entry; there is room for the longest row of the pack in any action and model
  Array<std::int32_t> next;         ///< [entry, lane] place in local storage
  Array<double> probability;        ///< [entry, lane]
  Array<double> reward;             ///< [state, in whole packs]

  /// The row of state s becomes a row of the family.
  KOKKOS_INLINE_FUNCTION void put(FamilyModel const& model, std::int64_t s, std::int64_t row) const {
    std::int64_t const pack = s / pack_width, lane = s % pack_width, from = model.transition_begin(row), size = model.transition_begin(row + 1) - from;
    for (std::int64_t e = begin(pack); e < begin(pack + 1); ++e) {
      std::int64_t const k = e - begin(pack), place = e * pack_width + lane;
      if (k < size) next(place) = model.next(from + k);
      probability(place) = k < size ? model.probability(from + k) : 0;
    }
    reward(s) = model.reward(row);
  }
  /// The first `size` entries of state s become the worst of an L1 ball around them: half the radius moves from the greatest values to the least.
  KOKKOS_INLINE_FUNCTION void move_to_worst(std::int64_t s, std::int64_t size, double const* value, double radius) const {
    std::int64_t const first = begin(s / pack_width) * pack_width + s % pack_width, end = first + size * pack_width;
    std::int64_t least = first;
    for (std::int64_t place = first; place < end; place += pack_width) least = value[next(place)] < value[next(least)] ? place : least;
    for (double left = 0.5 * radius; left > 0;) {
      std::int64_t most = least;
      for (std::int64_t place = first; place < end; place += pack_width)
        if (probability(place) > 0 && value[next(place)] > value[next(most)]) most = place;
      if (most == least) return;
      double const moved = probability(most) < left ? probability(most) : left;
      probability(most) -= moved;
      probability(least) += moved;
      left -= moved;
    }
  }
};

/// For sweep_best: the row that each state is met with becomes the chain's.
template <class Worth>
struct NoteInChain {
  Worth worth;
  ChainRows chain;

  KOKKOS_INLINE_FUNCTION void operator()(std::int64_t s, std::int64_t pair, double const* value) const { worth.answer(chain, s, pair, value); }
};

/// Room for the chains of a model. Nothing is in it yet.
inline ChainRows make_chain(Execution const& space, FamilyModel const& model) {
  std::int64_t const packs = packs_of(model.states);
  Array<std::int64_t> const begin("bellshard::dp::chain_begin", static_cast<std::size_t>(packs + 1));
  std::int64_t entries = 0;
  Kokkos::parallel_scan(
      "bellshard::dp::place_chain", Kokkos::RangePolicy<Execution>(space, 0, packs),
      KOKKOS_LAMBDA(std::int64_t pack, std::int64_t& sum, bool last) {
        std::int64_t const end = (pack + 1) * pack_width < model.states ? (pack + 1) * pack_width : model.states;
        std::int64_t longest = 0;
        for (std::int64_t row = model.pair_begin(pack * pack_width) * model.models; row < model.pair_begin(end) * model.models; ++row) {
          std::int64_t const size = model.transition_begin(row + 1) - model.transition_begin(row);
          longest = size > longest ? size : longest;
        }
        sum += longest;
        if (last) begin(pack + 1) = sum;
      },
      entries);
  auto const places = static_cast<std::size_t>(entries * pack_width);
  return {begin, Array<std::int32_t>("bellshard::dp::chain_next", places), Array<double>("bellshard::dp::chain_probability", places),
          Array<double>("bellshard::dp::chain_reward", static_cast<std::size_t>(packs * pack_width))};
}

/// out = the chain's next values of in, [local item].
inline void sweep_chain(Execution const& space, FamilyModel const& model, ChainRows const& chain, Array<double const> const& in, Array<double> const& out) {
  Kokkos::parallel_for(
      "bellshard::dp::sweep_chain", Kokkos::RangePolicy<Execution>(space, 0, packs_of(model.states)), KOKKOS_LAMBDA(std::int64_t pack) {
        Pack sum{};
        for (std::int64_t e = chain.begin(pack); e < chain.begin(pack + 1); ++e)
          sum += load_pack(chain.probability.data() + e * pack_width) * gather_pack(in.data(), chain.next.data() + e * pack_width);
        Pack const value = load_pack(chain.reward.data() + pack * pack_width) + model.discount * sum;
        std::int64_t const s = pack * pack_width;
        double* const to = out.data() + model.own_first + s;
        if (s + pack_width <= model.states) return store_pack(to, value);
        for (int lane = 0; s + lane < model.states; ++lane) to[lane] = lane_of(value, lane);
      });
}

}  // namespace bellshard::dp
