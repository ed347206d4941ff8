#include "jobs/distributional_vi/start.hpp"

#include <cmath>

#include "jobs/distributional_vi/host_law.hpp"
#include "kernels/dp/quantile_merge.hpp"
#include "kernels/host_copy.hpp"

namespace bellshard::distributional_vi {
namespace {

/// One state's rows, of all stocks.
class StateLaws {
 public:
  StateLaws(Config const& config, Plan const& plan, std::vector<double> rows) : kind_(config.law.kind), plan_(plan), rows_(std::move(rows)) {}

  double const* row(int stock) const { return rows_.data() + static_cast<std::size_t>(stock) * (static_cast<std::size_t>(plan_.atoms.atoms) + 1); }
  HostLaw law(int stock) const { return host_law(kind_, plan_.atoms, row(stock)); }

  /// The row between two stocks, of a policy that draws one of them.
  std::vector<double> between(dp::StockPlace place) const {
    auto const atoms = static_cast<std::size_t>(plan_.atoms.atoms);
    double const* const a = row(place.lower);
    if (!(place.upper_weight > 0)) return {a, a + atoms + 1};
    double const* const b = row(place.lower + 1);
    double const upper = place.upper_weight, lower = 1 - upper;
    std::vector<double> mixed(atoms + 1);
    for (std::size_t i = 0; i <= atoms; ++i) mixed[i] = lower * a[i] + upper * b[i];
    if (kind_ != LawKind::quantile) return mixed;
    dp::SortedPart parts[2] = {{a, lower / static_cast<double>(atoms), 0, 0, 0}, {b, upper / static_cast<double>(atoms), 0, 0, 0}};
    mixed.back() += dp::merge_quantiles(parts, 2, 1, plan_.atoms.atoms, mixed.data());
    return mixed;
  }

 private:
  LawKind kind_;
  Plan const& plan_;
  std::vector<double> rows_;
};

bool is_more(double a, double b) { return a > b + 1e-12 * (std::fabs(a) + std::fabs(b)); }

}  // namespace

Starts find_starts(Config const& config, Plan const& plan, Block own, Iteration const& iteration) {
  Starts starts;
  auto const& laws = iteration.laws();
  auto const objective = iteration.objective();
  auto const action = iteration.action();
  auto const stocks = static_cast<std::int64_t>(laws.stocks), row = stocks * laws.width();
  bool const upper = config.objective.kind == ObjectiveKind::upper_cvar;
  double const level = config.objective.level;
  for (std::int64_t s = 0; s < own.size(); ++s) {
    StateLaws const rows(config, plan, to_host(laws.value, s * row, row));
    dp::StockPlace place = plan.stock.place(plan.start_stock);
    double stock = plan.start_stock, value = 0, bound = 0;
    if (config.is_cvar()) {
      auto const dual = [&](int k) { return -plan.stock.at(k) + objective[static_cast<std::size_t>(s * stocks + k)] / level; };
      int best = 0;
      bound = dual(0);
      double tail = upper ? rows.law(0).upper_tail(level) : 0;
      for (int k = 1; k < laws.stocks; ++k) {
        if (upper) {
          if (is_more(bound, dual(k))) bound = dual(k);
          auto const other = rows.law(k).upper_tail(level);
          if (is_more(other, tail)) tail = other, best = k;
        } else if (is_more(dual(k), bound)) {
          bound = dual(k), best = k;
        }
      }
      place = {best, 0};
      stock = plan.stock.at(best);
      value = upper ? tail : rows.law(best).lower_tail(level);
    }
    auto const mixed = rows.between(place);
    if (!config.is_cvar()) {
      auto const utility = config.utility();
      auto const worth = [&](int k) { return rows.law(k).mean([&](double x) { return utility_of(utility, config.objective.rate * plan.unit, stock + x); }); };
      value = place.upper_weight > 0 ? (1 - place.upper_weight) * worth(place.lower) + place.upper_weight * worth(place.lower + 1) : worth(place.lower);
      starts.value.push_back(value * objective_unit(utility, plan.unit));
    } else {
      starts.value.push_back(value * plan.unit);
      starts.bound.push_back(bound * plan.unit);
    }
    auto const nearest = place.lower + (place.upper_weight >= 0.5 ? 1 : 0);
    starts.stock.push_back(stock * plan.unit);
    starts.mean.push_back(host_law(config.law.kind, plan.atoms, mixed.data()).mean() * plan.unit);
    starts.action.push_back(action[static_cast<std::size_t>(s * stocks + nearest)]);
    starts.projection_error.push_back(mixed.back() * plan.unit);
    starts.law.insert(starts.law.end(), mixed.begin(), mixed.end() - 1);
  }
  return starts;
}

}  // namespace bellshard::distributional_vi
