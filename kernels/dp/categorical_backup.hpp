#pragma once
#include "kernels/dp/atom_grid.hpp"
#include "kernels/dp/outcome_model.hpp"

namespace bellshard::dp {

/// Laws as probabilities of the atoms of one grid.
struct CategoricalBackup {
  AtomGrid atoms;

  static std::size_t scratch_bytes(int atoms, std::int64_t) { return 2 * sizeof(double) * static_cast<std::size_t>(atoms + 1); }

  /// The mixture of the laws that a group leads to, each weighed by its probability: between two stocks the policy acts as though its
  /// stock were one of them, drawn so that it is right in the mean. The bound behind the atoms is mixed with them.
  template <class Thread>
  KOKKOS_INLINE_FUNCTION static void mix(Thread const& thread, OutcomeModel const& model, OutcomeModel::Group const& group, Laws const& in, double* mixture) {
    for (std::int64_t o = group.first; o < group.end; ++o) {
      double const p = model.probability(o), upper = p * group.place.upper_weight, lower = p - upper;
      double const* const a = in.row(model.next_state(o), group.place.lower);
      double const* const b = upper > 0 ? a + in.width() : a;
      if (o == group.first) {
        for_lanes(thread, in.width(), [=](int i) { mixture[i] = lower * a[i] + upper * b[i]; });
      } else {
        for_lanes(thread, in.width(), [=](int i) { mixture[i] += lower * a[i] + upper * b[i]; });
      }
    }
  }

  /// What it is worth to come to a next state with a reward, from a stock on.
  template <class Thread, class Utility>
  KOKKOS_INLINE_FUNCTION double worth_of_next(Thread const& thread, OutcomeModel const& model, Utility const& utility, double scale, std::int32_t next, double reward, double stock,
                                              Laws const& in) const {
    auto const place = model.stock.place((stock + reward) / model.discount);
    double const collected = scale * (stock + reward) + scale * model.discount * atoms.low, step = scale * model.discount * atoms.step;
    double const upper = place.upper_weight, lower = 1 - upper;
    double const* const a = in.row(next, place.lower);
    if (!(upper > 0)) return sum_lanes(thread, atoms.atoms, [=](int i) { return a[i] * utility(collected + step * i); });
    double const* const b = a + in.width();
    return sum_lanes(thread, atoms.atoms, [=](int i) { return (lower * a[i] + upper * b[i]) * utility(collected + step * i); });
  }

  /// The law of a pair's return, into a row.
  template <class Thread>
  KOKKOS_INLINE_FUNCTION void write_law(Thread const& thread, OutcomeModel const& model, std::int64_t pair, double stock, Laws const& in, double* row, char* scratch) const {
    auto* const mixture = reinterpret_cast<double*>(scratch);
    auto* const law = mixture + in.width();
    for_lanes(thread, atoms.atoms, [=](int i) { law[i] = 0; });
    double distance = 0;
    model.for_each_group(pair, stock, [&](OutcomeModel::Group const& group) {
      mix(thread, model, group, in, mixture);
      distance += model.discount * mixture[atoms.atoms] + project(thread, atoms, model.discount, group.reward, mixture, law);
    });
    for_lanes(thread, atoms.atoms, [=](int i) { row[i] = law[i]; });
    row[atoms.atoms] = distance;
  }

  /// What a law is worth together with a stock.
  template <class Thread, class Utility>
  KOKKOS_INLINE_FUNCTION double worth_of_law(Thread const& thread, Utility const& utility, double scale, double stock, double const* row) const {
    return sum_lanes(thread, atoms.atoms, [&](int i) { return row[i] * utility(scale * (stock + atoms.at(i))); });
  }

  /// Wasserstein-1 distance of two laws.
  KOKKOS_INLINE_FUNCTION double distance(double const* a, double const* b) const {
    double ahead = 0, sum = 0;
    for (int i = 0; i < atoms.atoms; ++i) {
      ahead += a[i] - b[i];
      sum += ahead < 0 ? -ahead : ahead;
    }
    return sum * atoms.step;
  }
};

}  // namespace bellshard::dp
