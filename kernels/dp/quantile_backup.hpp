#pragma once
#include "kernels/dp/lanes.hpp"
#include "kernels/dp/outcome_model.hpp"
#include "kernels/dp/quantile_merge.hpp"

namespace bellshard::dp {

/// Laws as equally likely atoms, ascending.
struct QuantileBackup {
  int atoms = 1;

  static std::size_t scratch_bytes(int, std::int64_t outcomes) { return 2 * sizeof(SortedPart) * static_cast<std::size_t>(outcomes); }

  /// What it is worth to come to a next state with a reward, from a stock on.
  template <class Thread, class Utility>
  KOKKOS_INLINE_FUNCTION double worth_of_next(Thread const& thread, OutcomeModel const& model, Utility const& utility, double scale, std::int32_t next, double reward, double stock,
                                              Laws const& in) const {
    auto const place = model.stock.place((stock + reward) / model.discount);
    double const collected = scale * (stock + reward), later = scale * model.discount, upper = place.upper_weight, lower = 1 - upper;
    double const* const a = in.row(next, place.lower);
    if (!(upper > 0)) return sum_lanes(thread, atoms, [=](int i) { return utility(collected + later * a[i]); }) / atoms;
    double const* const b = a + in.width();
    return sum_lanes(thread, atoms, [=](int i) { return lower * utility(collected + later * a[i]) + upper * utility(collected + later * b[i]); }) / atoms;
  }

  /// The law of a pair's return, into a row.
  template <class Thread>
  KOKKOS_INLINE_FUNCTION void write_law(Thread const& thread, OutcomeModel const& model, std::int64_t pair, double stock, Laws const& in, double* row, char* scratch) const {
    Kokkos::single(Kokkos::PerThread(thread), [&] {
      auto* const part = reinterpret_cast<SortedPart*>(scratch);
      int parts = 0;
      double distance = 0;
      model.for_each_group(pair, stock, [&](OutcomeModel::Group const& group) {
        for (std::int64_t o = group.first; o < group.end; ++o) {
          double const p = model.probability(o), upper = p * group.place.upper_weight, lower = p - upper;
          double const* const a = in.row(model.next_state(o), group.place.lower);
          part[parts++] = {a, lower / atoms, group.reward, 0, 0};
          distance += model.discount * lower * a[atoms];
          if (!(upper > 0)) continue;
          part[parts++] = {a + in.width(), upper / atoms, group.reward, 0, 0};
          distance += model.discount * upper * a[in.width() + atoms];
        }
      });
      row[atoms] = distance + merge_quantiles(part, parts, model.discount, atoms, row);
    });
  }

  /// What a law is worth together with a stock.
  template <class Thread, class Utility>
  KOKKOS_INLINE_FUNCTION double worth_of_law(Thread const& thread, Utility const& utility, double scale, double stock, double const* row) const {
    return sum_lanes(thread, atoms, [&](int i) { return utility(scale * (stock + row[i])); }) / atoms;
  }

  /// Wasserstein-1 distance of two laws.
  KOKKOS_INLINE_FUNCTION double distance(double const* a, double const* b) const {
    double sum = 0;
    for (int i = 0; i < atoms; ++i) sum += a[i] < b[i] ? b[i] - a[i] : a[i] - b[i];
    return sum / atoms;
  }
};

}  // namespace bellshard::dp
