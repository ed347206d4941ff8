#include "jobs/distributional_vi/config.hpp"

#include <fmt/format.h>

#include <cmath>
#include <tuple>

namespace bellshard::distributional_vi {
namespace {

using dp::UtilityKind;

void declare_model(Keys& keys, Config::Model& model) {
  std::vector<std::pair<std::string, std::string>> words;
  for (auto const& [name, entry] : mdp::model_registry()) {
    words.emplace_back(name, name);
    model.kinds.emplace(name, entry.make());
  }
  keys.table("model", "what is decided about");
  keys.choice("model.kind", model.kind, words, "kind of model; rewards may be random: /transition_reward of a file, steps of a cliff, bets");
  for (auto const& [name, kind] : model.kinds) {
    keys.variant("model.kind", name, mdp::model_registry().at(name).summary, [&keys, &kind] { kind->declare(keys); });
  }
}

void declare_objective(Keys& keys, Config::Objective& objective) {
  keys.table("objective", "what is best: K(stock + return)");
  keys.choice("objective.kind", objective.kind,
              {{"mean", ObjectiveKind::mean},
               {"cvar", ObjectiveKind::cvar},
               {"upper_cvar", ObjectiveKind::upper_cvar},
               {"target", ObjectiveKind::target},
               {"utility", ObjectiveKind::utility}},
              "expected return; mean of the worst or of the best share of the outcomes; nearness to a target; expected utility");
  auto const level = [&](char const* kind, char const* help, char const* which) {
    keys.variant("objective.kind", kind, help, [&] {
      keys.real("objective.level", objective.level, fmt::format("share of the outcomes, the {} ones, whose mean counts", which)).range(0, 1, Border::open, Border::closed);
    });
  };
  level("cvar", "conditional value at risk: averse to risk", "worst");
  level("upper_cvar", "mean of the upper tail: seeks risk", "best");
  keys.variant("objective.kind", "target", "a return near a target", [&] {
    keys.real("objective.target", objective.target, "the return that is wanted").range(-1e15, 1e15);
    keys.choice("objective.loss", objective.loss, {{"absolute", UtilityKind::absolute}, {"squared", UtilityKind::squared}}, "of the distance from it");
  });
  keys.variant("objective.kind", "utility", "expected utility of the total", [&] {
    keys.choice("objective.utility", objective.utility,
                {{"exponential", UtilityKind::exponential},
                 {"shortfall", UtilityKind::shortfall},
                 {"excess", UtilityKind::excess},
                 {"threshold", UtilityKind::threshold},
                 {"absolute", UtilityKind::absolute},
                 {"squared", UtilityKind::squared}},
                "(1 - exp(-rate x)) / rate, min(x, 0), max(x, 0), 1 where x >= 0, -|x|, -x^2 of the total x");
    keys.real("objective.rate", objective.rate, "exponential: above 0 averse to risk, below it seeking").range(-1e9, 1e9);
    keys.real("objective.stock", objective.stock, "what is there before the first step").range(-1e15, 1e15);
  });
}

}  // namespace

void Config::declare(Keys& keys) {
  declare_model(keys, model);
  keys.table("criterion", "which steps count");
  keys.choice("criterion.kind", criterion.kind, {{"discounted", CriterionKind::discounted}, {"finite_horizon", CriterionKind::finite_horizon}},
              "discounted sum of all steps, or of the first ones");
  keys.real("criterion.discount", criterion.discount, "factor per step; below 1 for \"discounted\"").range(0, 1, Border::open, Border::closed);
  keys.integer("criterion.horizon", criterion.horizon, "steps, for finite_horizon").unit("count").range(1, 1e9);
  keys.text("criterion.reward", criterion.reward, "which reward, of a model that has several");
  declare_objective(keys, objective);
  keys.table("law", "how distributions of returns are held");
  keys.choice("law.kind", law.kind, {{"exact", LawKind::exact}, {"categorical", LawKind::categorical}, {"quantile", LawKind::quantile}},
              "exact: probabilities on a lattice, for whole rewards without a discount; categorical: of atoms; quantile: equally likely atoms");
  keys.variant("law.kind", "exact", "every return has its own probability", [&] {
    keys.real("law.unit", law.unit, "every reward is a multiple of it").range(0, 1e15, Border::open);
  });
  keys.variant("law.kind", "categorical", "probabilities of evenly spaced atoms", [&] {
    keys.integer("law.atoms", law.atoms, "atoms").unit("count").range(2, 1e6);
    keys.real("law.low", law.low, "lowest atom; default: the least return there is").range(-1e15, 1e15);
    keys.real("law.high", law.high, "highest atom; default: the greatest return there is").range(-1e15, 1e15);
    keys.choice("law.beyond", law.beyond, {{"refuse", Beyond::refuse}, {"clamp", Beyond::clamp}},
                "returns beyond the atoms: refused, or moved to the end, which the projection error counts");
  });
  keys.variant("law.kind", "quantile", "equally likely atoms", [&] { keys.integer("law.atoms", law.atoms, "atoms").unit("count").range(1, 1e6); });
  keys.table("stock", "what has been collected so far, which actions may depend on");
  keys.integer("stock.points", stock.points, "stocks, evenly spaced; exact laws take every multiple of the unit instead").unit("count").range(1, 1e7);
  keys.real("stock.low", stock.low, "lowest stock; default: what the objective needs").range(-1e15, 1e15);
  keys.real("stock.high", stock.high, "highest stock; default: what the objective needs").range(-1e15, 1e15);
  keys.choice("stock.beyond", stock.beyond, {{"refuse", Beyond::refuse}, {"clamp", Beyond::clamp}},
              "stocks beyond the ends that the objective tells apart: refused, or acted on as at the end, which costs optimality and is reported");
  keys.table("solver", "how it is found");
  keys.choice("solver.method", solver.method, {{"value_iteration", Method::value_iteration}, {"policy_iteration", Method::policy_iteration}},
              "policy_iteration: discounted alone; the law that is written is that of the policy that is written");
  keys.real("solver.tolerance", solver.tolerance,
            "Wasserstein-1: what the steps that are left out can still move a law (value_iteration), largest change of a law in a sweep (policy_iteration)")
      .range(0, 1e15, Border::open);
  keys.real("solver.improvement", solver.improvement, "policy_iteration: an action gives way to one whose objective is better by more than this").range(0, 1e15);
  keys.integer("solver.max_sweeps", solver.max_sweeps, "ends there with exit code 5").range(1, 1e15);
  keys.table("output", "where it goes");
  keys.text("output.file", output.file, "result file, below the output folder (-o)");
  keys.choice("output.distribution", output.distribution, {{"none", Written::none}, {"start", Written::start}, {"all", Written::all}},
              "laws that are written: of each state at its start stock, or at every stock too");
  keys.flag("output.stage_actions", output.stage_actions, "finite_horizon: keep and write the action of every stage, 4 bytes a state, stage and stock");
  keys.integer("output.compression", output.compression, "deflate level of the result's arrays; 0: none").range(0, 9);
}

void Config::check(Keys const& keys) const {
  if (output.file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"distributional_vi.h5\"");
  if (!finite() && criterion.discount == 1) {
    keys.reject("criterion.discount", "criterion.discount is 1 (must lie in (0, 1) for criterion.kind = \"discounted\"); give one, or set kind = \"finite_horizon\"");
  }
  if (!finite() && keys.given("criterion.horizon")) {
    keys.reject("criterion.horizon", "criterion.horizon has no use here; it belongs to criterion.kind = \"finite_horizon\"");
  }
  if (finite() && solver.method == Method::policy_iteration) {
    keys.reject("solver.method", "solver.method = \"policy_iteration\" has no use for criterion.kind = \"finite_horizon\", which one pass back solves; drop it");
  }
  if (law.kind == LawKind::exact && (!finite() || criterion.discount != 1)) {
    keys.reject("law.kind", "law.kind = \"exact\" needs criterion.kind = \"finite_horizon\" and criterion.discount = 1: otherwise returns leave every lattice; take \"categorical\"");
  }
  if (law.kind == LawKind::exact && keys.given("stock.points")) {
    keys.reject("stock.points", "stock.points has no use with law.kind = \"exact\", which takes every multiple of law.unit; drop it");
  }
  if (objective.kind == ObjectiveKind::utility && objective.utility == dp::UtilityKind::exponential) {
    if (objective.rate == 0) keys.reject("objective.rate", "objective.rate is 0, where the exponential utility is the mean; set objective.kind = \"mean\"");
    if (!finite() && criterion.discount < 1) {
      keys.reject("objective.utility", "objective.utility = \"exponential\" orders totals otherwise at every scale, so a discounted policy that looks at state and stock "
                                       "alone does not exist; set criterion.kind = \"finite_horizon\"");
    }
  } else if (objective.kind == ObjectiveKind::utility && keys.given("objective.rate")) {
    keys.reject("objective.rate", "objective.rate has no use here; it belongs to objective.utility = \"exponential\"");
  }
  for (auto const& [low, high, name] : {std::tuple{law.low, law.high, std::string("law")}, std::tuple{stock.low, stock.high, std::string("stock")}}) {
    if (std::isnan(low) != std::isnan(high)) {
      auto const missing = std::isnan(low) ? name + ".low" : name + ".high";
      keys.reject(missing, fmt::format("{} is missing: give both {}.low and {}.high, or neither", missing, name, name));
    }
    if (low > high) keys.reject(name + ".low", fmt::format("{0}.low = {1} lies above {0}.high = {2}; swap them", name, low, high));
  }
  if (law.low == law.high) keys.reject("law.low", "law.low is law.high; atoms need some room between them");
}

dp::UtilityKind Config::utility() const {
  switch (objective.kind) {
    case ObjectiveKind::mean: return UtilityKind::identity;
    case ObjectiveKind::cvar: return UtilityKind::shortfall;
    case ObjectiveKind::upper_cvar: return UtilityKind::excess;
    case ObjectiveKind::target: return objective.loss;
    case ObjectiveKind::utility: return objective.utility;
  }
  return UtilityKind::identity;
}

double Config::start_stock() const {
  return objective.kind == ObjectiveKind::target ? -objective.target : objective.kind == ObjectiveKind::utility ? objective.stock : 0;
}

std::string Config::objective_text() const {
  switch (objective.kind) {
    case ObjectiveKind::mean: return "expected return";
    case ObjectiveKind::cvar: return fmt::format("mean of the worst {:g} of the outcomes", objective.level);
    case ObjectiveKind::upper_cvar: return fmt::format("mean of the best {:g} of the outcomes", objective.level);
    case ObjectiveKind::target: return fmt::format("minus the {} distance from {:g}", objective.loss == UtilityKind::squared ? "squared" : "absolute", objective.target);
    case ObjectiveKind::utility: return "expected utility";
  }
  return {};
}

}  // namespace bellshard::distributional_vi
