#pragma once
#include <vector>

#include "kernels/dp/family_sweep.hpp"
#include "kernels/elementary/pack.hpp"

namespace bellshard::dp {

/// How the rows that a pair has in the models of a family lie.
enum class RowKind : std::int8_t {
  apart,         ///< each by itself, as FamilyModel has them
  alike,         ///< the same in all models: one row
  side_by_side,  ///< about the same next states: for each of them the chances in all models, a pack of models at a time
};

/// The rows of a family once more, for sweeps over all of its models: most models of a family share most of what they have.
/// Sums go over the next states in the order of the rows, so they have the bits of FamilyModel::q: a chance of 0 adds nothing.
struct SharedRows {
  std::int64_t lanes = pack_width;            ///< models, in whole packs; the last ones repeat model 0
  Array<RowKind const> kind;                  ///< [pair]
  Array<std::int64_t const> entry_begin;      ///< [pair + 1]
  Array<std::int32_t const> next;             ///< [entry] place in local storage; of rows that lie apart those of any model
  Array<std::int64_t const> number_begin;     ///< [pair]
  Array<double const> number;                 ///< of each pair the reward, then the chance of each entry; side by side: [pack, reward or entry, lane of the pack]
};

/// Q of a pair that is side by side in one pack of models; value(next) is a pack or a number.
template <class Value>
KOKKOS_INLINE_FUNCTION Pack side_by_side_q(SharedRows const& rows, std::int64_t pair, std::int64_t pack, double discount, Value const& value) {
  std::int64_t const begin = rows.entry_begin(pair), entries = rows.entry_begin(pair + 1) - begin;
  double const* const number = rows.number.data() + rows.number_begin(pair) + pack * (entries + 1) * pack_width;
  Pack sum{};
  for (std::int64_t e = 0; e < entries; ++e) sum += load_pack(number + (e + 1) * pack_width) * value(rows.next(begin + e));
  return load_pack(number) + discount * sum;
}

/// The same of a pair that is alike in all models; Number: Pack or double, as value(next) gives.
template <class Number, class Value>
KOKKOS_INLINE_FUNCTION Number alike_q(SharedRows const& rows, std::int64_t pair, double discount, Value const& value) {
  double const* const number = rows.number.data() + rows.number_begin(pair);
  std::int64_t const begin = rows.entry_begin(pair), entries = rows.entry_begin(pair + 1) - begin;
  Number sum{};
  for (std::int64_t e = 0; e < entries; ++e) sum += number[e + 1] * value(rows.next(begin + e));
  return number[0] + discount * sum;
}

/// Worth of a pair in the worst of all models for this pair (rectangular).
struct WorthInWorst {
  FamilyModel model;
  SharedRows rows;

  KOKKOS_INLINE_FUNCTION double operator()(std::int64_t pair, double const* value) const {
    auto const value_at = [value](std::int32_t next) { return value[next]; };
    switch (rows.kind(pair)) {
      case RowKind::alike: return alike_q<double>(rows, pair, model.discount, value_at);
      case RowKind::side_by_side: {
        Pack least = side_by_side_q(rows, pair, 0, model.discount, value_at);
        for (std::int64_t pack = 1; pack < rows.lanes / pack_width; ++pack) {
          Pack const q = side_by_side_q(rows, pair, pack, model.discount, value_at);
          least = q < least ? q : least;
        }
        double worst = lane_of(least, 0);
        for (int l = 1; l < pack_width; ++l) worst = lane_of(least, l) < worst ? lane_of(least, l) : worst;
        return worst;
      }
      case RowKind::apart: break;
    }
    return worst_of_family(model.models, [&](std::int32_t m) { return model.q(m, pair, value); }).value;
  }
  /// Makes the row of state s that of the worst model for this pair, of the lowest one where several are worst.
  template <class Chain>
  KOKKOS_INLINE_FUNCTION void answer(Chain const& chain, std::int64_t s, std::int64_t pair, double const* value) const {
    chain.put(model, s, pair * model.models + worst_model(pair, value));
  }
  KOKKOS_INLINE_FUNCTION std::int32_t worst_model(std::int64_t pair, double const* value) const {
    auto const value_at = [value](std::int32_t next) { return value[next]; };
    switch (rows.kind(pair)) {
      case RowKind::alike: return 0;
      case RowKind::side_by_side: {
        Pack least = side_by_side_q(rows, pair, 0, model.discount, value_at), where{};
        for (std::int64_t pack = 1; pack < rows.lanes / pack_width; ++pack) {
          Pack const q = side_by_side_q(rows, pair, pack, model.discount, value_at), here = Pack{} + static_cast<double>(pack);
          where = q < least ? here : where;
          least = q < least ? q : least;
        }
        WorstModel worst{lane_of(least, 0), static_cast<std::int32_t>(lane_of(where, 0)) * pack_width};
        for (int l = 1; l < pack_width; ++l) {
          std::int32_t const m = static_cast<std::int32_t>(lane_of(where, l)) * pack_width + l;
          if (lane_of(least, l) < worst.value || (lane_of(least, l) == worst.value && m < worst.model)) worst = {lane_of(least, l), m};
        }
        return worst.model < model.models ? worst.model : 0;
      }
      case RowKind::apart: break;
    }
    return worst_of_family(model.models, [&](std::int32_t m) { return model.q(m, pair, value); }).model;
  }
};

/// Packs of models whose values lie together in arrays [local item, pack, lane], and which of them a sweep takes.
struct PacksTogether {
  std::int64_t count = 1;           ///< packs of an item
  std::int64_t first = 0;           ///< the family's pack that lies in front
  std::int64_t begin = 0, end = 1;  ///< swept, of those that lie together

  std::int64_t width() const { return count * pack_width; }
};

/// One sweep of a policy, action [own state], over some own states: in, out [local item, pack, lane].
inline void sweep_policy(Execution const& space, FamilyModel const& model, SharedRows const& rows, Array<std::int32_t const> const& states, Array<std::int32_t const> const& action,
                         PacksTogether const& packs, Array<double const> const& in, Array<double> const& out) {
  Kokkos::parallel_for(
      "bellshard::dp::sweep_policy", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(states.extent(0))), KOKKOS_LAMBDA(std::int64_t k) {
        std::int64_t const s = states(k);
        std::int64_t const pair = model.pair_begin(s) + action(s), width = packs.count * pack_width;
        for (std::int64_t p = packs.begin; p < packs.end; ++p) {
          std::int64_t const pack = packs.first + p;
          double const* const from = in.data() + p * pack_width;
          auto const value_at = [from, width](std::int32_t next) { return load_pack(from + static_cast<std::int64_t>(next) * width); };
          double* const to = out.data() + (model.own_first + s) * width + p * pack_width;
          switch (rows.kind(pair)) {
            case RowKind::alike: store_pack(to, alike_q<Pack>(rows, pair, model.discount, value_at)); break;
            case RowKind::side_by_side: store_pack(to, side_by_side_q(rows, pair, pack, model.discount, value_at)); break;
            case RowKind::apart:
              for (std::int64_t lane = 0; lane < pack_width && pack * pack_width + lane < model.models; ++lane) {
                std::int64_t const row = pair * model.models + pack * pack_width + lane;
                double sum = 0;
                for (std::int64_t t = model.transition_begin(row); t < model.transition_begin(row + 1); ++t) sum += model.probability(t) * from[static_cast<std::int64_t>(model.next(t)) * width + lane];
                to[lane] = model.reward(row) + model.discount * sum;
              }
          }
        }
      });
}

namespace detail {

/// Largest |a - b| of each lane, a and b [local item, pack, lane].
struct LargestChanges {
  using value_type = double[];
  unsigned value_count;
  std::int64_t own_first;
  PacksTogether packs;
  Array<std::int32_t const> states;
  double const *a, *b;

  KOKKOS_FUNCTION void operator()(std::int64_t k, double* most) const {
    std::int64_t const item = (own_first + states(k)) * packs.count * pack_width;
    for (std::int64_t lane = packs.begin * pack_width; lane < packs.end * pack_width; lane += pack_width) {
      Pack const moved = load_pack(a + item + lane) - load_pack(b + item + lane), change = moved < 0 ? -moved : moved, before = load_pack(most + lane);
      store_pack(most + lane, change > before ? change : before);
    }
  }
  KOKKOS_FUNCTION void init(double* most) const {
    for (unsigned k = 0; k < value_count; ++k) most[k] = 0;
  }
  KOKKOS_FUNCTION void join(double* into, double const* from) const {
    for (unsigned k = 0; k < value_count; ++k) into[k] = from[k] > into[k] ? from[k] : into[k];
  }
  KOKKOS_FUNCTION void join(double volatile* into, double const volatile* from) const {  // Kokkos before 4
    for (unsigned k = 0; k < value_count; ++k) into[k] = from[k] > into[k] ? from[k] : into[k];
  }
};

}  // namespace detail

/// Largest |a - b| of each lane that is swept over some own states, 0 of the others: [pack, lane].
inline std::vector<double> largest_changes(Execution const& space, FamilyModel const& model, Array<std::int32_t const> const& states, PacksTogether const& packs, Array<double const> const& a,
                                           Array<double const> const& b) {
  std::vector<double> most(static_cast<std::size_t>(packs.width()));
  Kokkos::parallel_reduce(
      "bellshard::dp::largest_changes", Kokkos::RangePolicy<Execution>(space, 0, static_cast<std::int64_t>(states.extent(0))),
      detail::LargestChanges{static_cast<unsigned>(most.size()), model.own_first, packs, states, a.data(), b.data()},
      Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(most.data(), most.size()));
  space.fence();
  return most;
}

}  // namespace bellshard::dp
