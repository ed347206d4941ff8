#include "jobs/distributional_vi/plan.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>

namespace bellshard::distributional_vi {
namespace {

using dp::UtilityKind;

/// The stocks that an objective tells apart: beyond them its utility is linear in all that can still come, so that one policy is best for
/// all. None where it is so everywhere.
std::optional<Span> needed_stocks(Config const& config, Span returns, Span rewards, double start) {
  switch (config.utility()) {
    case UtilityKind::identity:
    case UtilityKind::exponential: return {};
    case UtilityKind::shortfall:
    case UtilityKind::excess:
    case UtilityKind::absolute:
    case UtilityKind::threshold: return Span{-returns.high, -returns.low};  // the total may come to lie on either side of 0
    case UtilityKind::squared: break;
  }
  double const infinity = std::numeric_limits<double>::infinity(), discount = config.criterion.discount;
  if (!config.finite()) return Span{-infinity, infinity};
  Span stocks{start, start}, reached = stocks;
  for (std::int64_t step = 1; step < config.criterion.horizon && std::isfinite(reached.high - reached.low); ++step) {
    reached = {(reached.low + rewards.low) / discount, (reached.high + rewards.high) / discount};
    stocks = {std::fmin(stocks.low, reached.low), std::fmax(stocks.high, reached.high)};
  }
  return stocks;
}

bool covers(Span outer, Span inner) {
  double const rounding = 1e-9 * std::fmax(1, std::fmax(std::fabs(inner.low), std::fabs(inner.high)));
  return outer.low <= inner.low + rounding && outer.high >= inner.high - rounding;
}

dp::StockGrid plan_stocks(Keys const& keys, Config const& config, Plan& plan, Span rewards) {
  bool const exact = config.law.kind == LawKind::exact, given = !std::isnan(config.stock.low);
  auto const needed = needed_stocks(config, plan.returns, rewards, plan.start_stock);
  Span span = needed.value_or(Span{plan.start_stock, plan.start_stock});
  if (given) span = {config.stock.low / plan.unit, config.stock.high / plan.unit};
  if (exact && given) span = {std::floor(span.low + 1e-9), std::ceil(span.high - 1e-9)};
  if (needed && !covers(span, *needed)) {
    auto const problem = fmt::format("stock.low = {:g} to stock.high = {:g} cut off stocks that the objective tells apart: it needs {:g} to {:g}", span.low * plan.unit,
                                     span.high * plan.unit, needed->low * plan.unit, needed->high * plan.unit);
    if (config.stock.beyond == Beyond::refuse) keys.reject("stock.low", problem + "; widen them, or set stock.beyond = \"clamp\"");
    plan.warnings.push_back(problem + "; beyond the ends actions are those of the ends, so the policy may not be optimal");
  } else if (!std::isfinite(span.high - span.low)) {
    keys.reject(config.objective.kind == ObjectiveKind::target ? "objective.loss" : "objective.utility",
                "a squared loss tells all stocks apart, and a discounted sum scales them without end; give stock.low and stock.high with stock.beyond = \"clamp\", or set "
                "criterion.kind = \"finite_horizon\"");
  }
  double const most = 1e7, steps = exact ? span.high - span.low : static_cast<double>(config.stock.points - 1);
  if (steps > most) {
    keys.reject(keys.given("law.unit") ? "law.unit" : "law.kind", fmt::format("{:g} to {:g} are {:.3g} stocks of law.unit = {:g}; raise the unit, or set law.kind = \"categorical\"",
                                                  span.low * plan.unit, span.high * plan.unit, steps + 1, plan.unit));
  }
  dp::StockGrid grid{span.low, 1, 1};
  if (span.high == span.low) return grid;
  if (steps < 1) keys.reject("stock.points", "stock.points = 1 cannot tell stocks apart, and the objective does; give some more");
  grid.stocks = static_cast<int>(steps) + 1;
  grid.step = exact ? 1 : (span.high - span.low) / steps;
  return grid;
}

dp::AtomGrid plan_atoms(Keys const& keys, Config const& config, Plan& plan) {
  Span span = plan.returns;
  if (config.law.kind == LawKind::exact) {
    auto const atoms = span.high - span.low + 1;
    if (atoms > 1e6) keys.reject("law.kind", fmt::format("law.kind = \"exact\" would take {:.3g} returns; raise law.unit, or set \"categorical\"", atoms));
    return {span.low, 1, static_cast<int>(atoms)};
  }
  if (!std::isnan(config.law.low)) {
    span = {config.law.low, config.law.high};
    if (!covers(span, plan.returns)) {
      auto const problem = fmt::format("law.low = {:g} to law.high = {:g} cut off returns: there are some from {:g} to {:g}", span.low, span.high, plan.returns.low, plan.returns.high);
      if (config.law.beyond == Beyond::refuse) keys.reject("law.low", problem + "; widen them, or set law.beyond = \"clamp\"");
      plan.warnings.push_back(problem + "; what lies beyond an end is moved there, and the projection error says how far");
    }
  }
  if (span.high == span.low) span.high = span.low + 1;  // nothing is ever paid
  return {span.low, (span.high - span.low) / static_cast<double>(config.law.atoms - 1), static_cast<int>(config.law.atoms)};
}

}  // namespace

Plan make_plan(Keys const& keys, Config const& config, Span returns, Span rewards) {
  Plan plan;
  bool const exact = config.law.kind == LawKind::exact;
  plan.unit = exact ? config.law.unit : 1;
  plan.returns = returns;
  plan.start_stock = config.start_stock() / plan.unit;
  if (exact && std::fabs(plan.start_stock - std::round(plan.start_stock)) > 1e-9 * std::fmax(1, std::fabs(plan.start_stock))) {
    auto const* key = config.objective.kind == ObjectiveKind::target ? "objective.target" : "objective.stock";
    keys.reject(key, fmt::format("{} = {} is no multiple of law.unit = {}; take one that is, or another unit", key, std::fabs(config.start_stock()), plan.unit));
  }
  if (exact) plan.start_stock = std::round(plan.start_stock);
  auto const exponent = [&](double end) { return -config.objective.rate * (plan.start_stock + end) * plan.unit; };
  if (config.utility() == UtilityKind::exponential && std::fmax(exponent(returns.low), exponent(returns.high)) > 700) {
    keys.reject("objective.rate", fmt::format("objective.rate = {:g} is too much for returns from {:g} to {:g}: exp(-rate x) overflows; take a smaller one", config.objective.rate,
                                              returns.low * plan.unit, returns.high * plan.unit));
  }
  plan.stock = plan_stocks(keys, config, plan, rewards);
  plan.atoms = plan_atoms(keys, config, plan);
  return plan;
}

}  // namespace bellshard::distributional_vi
