#include "jobs/value_iteration/config.hpp"

#include <fmt/format.h>

#include <cmath>

#include "jobs/value_iteration/model_names.hpp"

namespace bellshard::value_iteration {

namespace {

void declare_raster(Keys& keys, Config::Model& model) {
  keys.file("model.file", model.file, "the mask: a netCDF-4 grid (lat, lon, z; 0 free) or an octile map ('.' free)");
  keys.text("model.map", model.map, "the mask drawn here instead, one line per row, '.' free")
      .example("'''\n..........\n.@@@@@@@@.\n.@......@.\n.@.@@@@.@.\n....@@....\n'''");
  keys.real("model.drift", model.drift, "probability of sliding to each 45-degree neighbour").range(0, 0.5);
  keys.real("model.speed", model.speed, "speed over ground, grids with coordinates only").unit("km/h").range(0, 1e9, Border::open);
  keys.pairs("model.target", model.target, "targets as [[row, column], ...], from 0").range(0, 1e12).example("[[0, 0]]");
  keys.pairs("model.target_lat_lon", model.target_lat_lon, "targets as [[lat, lon], ...]; the nearest free cell is taken")
      .unit("degrees")
      .range(-360, 360);
  keys.real("model.target_within", model.target_within, "how far the nearest free cell may lie from a target").unit("km").range(0, 20100);
}

void declare_model(Keys& keys, Config::Model& model) {
  std::vector<std::pair<std::string, std::string>> words{{"raster", "raster"}};
  for (auto const& [name, entry] : mdp::model_registry()) {
    words.emplace_back(name, name);
    model.kinds.emplace(name, entry.make());
  }
  keys.table("model", "what is decided about");
  keys.choice("model.kind", model.kind, words, "kind of model");
  keys.variant("model.kind", "raster", "moves on a 2-D mask", [&] { declare_raster(keys, model); });
  for (auto const& [name, kind] : model.kinds) {
    keys.variant("model.kind", name, mdp::model_registry().at(name).summary, [&keys, &kind] { kind->declare(keys); });
  }
}

/// Keys of [criterion] or of one of [criteria.NAME].
void declare_criterion(Keys& keys, std::string const& table, Config::Criterion& criterion) {
  auto const key = [&](char const* leaf) { return table + "." + leaf; };
  keys.choice(key("kind"), criterion.kind,
              {{"total_cost", CriterionKind::total_cost},
               {"discounted", CriterionKind::discounted},
               {"total_reward", CriterionKind::total_reward},
               {"reachability", CriterionKind::reachability},
               {"average_reward", CriterionKind::average_reward},
               {"finite_horizon", CriterionKind::finite_horizon},
               {"bounded_reachability", CriterionKind::bounded_reachability},
               {"reward_reachability", CriterionKind::reward_reachability}},
              "expected total until a target is met, discounted sum, probability to meet a target (at all, within a horizon, within a budget of "
              "rewards), long-run average per step");
  keys.choice(key("objective"), criterion.objective, {{"auto", Goal::by_criterion}, {"min", Goal::min}, {"max", Goal::max}},
              "auto: min for total_cost and on rasters, else max");
  keys.real(key("discount"), criterion.discount, "factor per step; below 1 for \"discounted\"")
      .range(0, 1, Border::open, Border::closed, "what the next step earns counts at most as much as what this one does");
  keys.text(key("target"), criterion.target,
            "states to meet: a label or a predicate over labels and state variables, \"s1=12 & c2<=3\"; default: the label target");
  keys.text(key("avoid"), criterion.avoid, "states that end a path without success (reachability kinds): a predicate");
  keys.text(key("reward"), criterion.reward, "which reward, of a model that has several; \"1\": one for every step");
  keys.integer(key("horizon"), criterion.horizon, "steps, for finite_horizon and bounded_reachability").unit("count").range(0, 1e9);
  keys.text(key("terminal"), criterion.terminal, "state variable that is earned at the end of a finite horizon");
  keys.choice(key("nature"), criterion.nature, {{"adversarial", mdp::Nature::adversarial}, {"cooperative", mdp::Nature::cooperative}},
              "interval models: does the choice within the intervals go against the objective or with it?");
  keys.text(key("constraint"), criterion.constraint,
            "discounted: a second reward (\"1\": one for every step), whose discounted sum from the states labelled init is bounded by at_most or at_least");
  keys.real(key("at_most"), criterion.at_most, "upper bound of the constraint");
  keys.real(key("at_least"), criterion.at_least, "lower bound of the constraint");
  keys.text(key("after"), criterion.after,
            "of several criteria: an earlier one, discounted; this one chooses among the actions that are not proven to be worse for that one");
  keys.real(key("slack"), criterion.slack, "what such an action may lose of the earlier criterion at a step").range(0, 1e300);
  keys.real(key("budget"), criterion.budget, "most that may be spent, for reward_reachability").range(0, 1e9);
}

void declare_solver(Keys& keys, Config::Solver& solver) {
  keys.table("solver", "how it is found");
  keys.choice("solver.method", solver.method,
              {{"auto", Method::automatic},
               {"jacobi", Method::value_iteration},
               {"value_iteration", Method::value_iteration},
               {"gauss_seidel", Method::gauss_seidel},
               {"modified_policy_iteration", Method::modified_policy_iteration},
               {"inexact_policy_iteration", Method::inexact_policy_iteration},
               {"anderson", Method::anderson},
               {"prioritised", Method::prioritised}},
              "auto chooses by the model and says what; value_iteration (or jacobi): synchronous sweeps, the same bits for any ranks and threads; "
              "anderson: these, combined; prioritised: blocks of states in place, by what they have to expect");
  keys.real("solver.tolerance", solver.tolerance,
            "proven width: max (upper - lower) / max(floor, |value|); floor: 1 on rasters, else 1e-3 of the largest |value|")
      .range(0, 1, Border::open, Border::open, "a proof needs some width; 1e-6 is usual");
  keys.integer("solver.max_sweeps", solver.max_sweeps, "ends there with exit code 5, what was proven is written").range(1, 1e15);
  keys.integer("solver.inner_sweeps", solver.inner_sweeps, "modified_policy_iteration: most sweeps of a policy").range(1, 1e9);
  keys.choice("solver.linear", solver.linear, {{"bicgstab", mdp::LinearMethod::bicgstab}, {"gmres", mdp::LinearMethod::gmres}},
              "inexact_policy_iteration: how a policy's linear equation is solved");
  keys.integer("solver.anderson_memory", solver.anderson_memory, "anderson: earlier sweeps that it combines; each takes two numbers a state").range(1, 10);
  keys.file("solver.start", solver.start, "result of an earlier run on a model with as many states, whose values the sweeps start from");
  keys.real("solver.memory_limit", solver.memory_limit,
            "most memory of a rank for the rows of model.kind = \"file\": what needs more stays in the file, and each sweep reads it part by part")
      .unit("GiB")
      .range(0, 1e9, Border::open, Border::closed, "drop it to keep the rows in memory whatever they take");
  keys.real("solver.relaxation", solver.relaxation, "gauss_seidel: 1 plain, above 1 over-relaxed").range(0, 2, Border::open, Border::open);
  keys.integer("solver.tile", solver.tile, "side of the tiles of ordered sweeps on rasters; jacobi uses them for its start alone")
      .unit("cells")
      .range(4, 4096);
}

}  // namespace

void declare(Keys& keys, Config& config) {
  declare_model(keys, config.model);
  keys.table("criterion", "what is best");
  declare_criterion(keys, "criterion", config.criterion);
  keys.family("criteria", "several criteria of one model, solved in turn into one result: the keys of [criterion] for each (no rasters)",
              [&](std::string const& name) {
                config.criteria.emplace_back(name, std::make_unique<Config::Criterion>());
                declare_criterion(keys, "criteria." + name, *config.criteria.back().second);
              });
  declare_solver(keys, config.solver);
  keys.table("output", "where it goes");
  keys.text("output.file", config.output.file, "result file, below the output folder (-o)");
  keys.integer("output.compression", config.output.compression, "deflate level of the result's arrays; 0: none").range(0, 9);
  keys.flag("output.policy_value", config.output.policy_value, "evaluate the written policy once more and write its own value (no rasters)");
  keys.flag("output.state_variables", config.output.state_variables, "write the model's state variables beside the values (no rasters)");
  keys.flag("output.labels", config.output.labels, "write each label of the model, a byte a state (no rasters)");
  keys.flag("output.names", config.output.names, "write the names of states and actions, where the model has some (no rasters)");
}

bool on_raster(Config const& config) { return config.model.kind == "raster"; }

std::vector<Asked> asked_of(Config const& config) {
  if (config.criteria.empty()) return {{"", "criterion", config.criterion}};
  std::vector<Asked> all;
  for (auto const& [name, criterion] : config.criteria) all.push_back({name, "criteria." + name, *criterion});
  return all;
}

mdp::Criterion criterion_of(Config::Criterion const& asked) {
  using Kind = mdp::CriterionKind;
  mdp::Criterion criterion;
  switch (asked.kind) {
    case CriterionKind::total_cost:
    case CriterionKind::total_reward: criterion.kind = Kind::total_reward; break;
    case CriterionKind::discounted: criterion.kind = Kind::discounted; break;
    case CriterionKind::reachability: criterion.kind = Kind::reachability; break;
    case CriterionKind::average_reward: criterion.kind = Kind::average_reward; break;
    case CriterionKind::finite_horizon: criterion.kind = Kind::finite_horizon; break;
    case CriterionKind::bounded_reachability: criterion.kind = Kind::bounded_reachability; break;
    case CriterionKind::reward_reachability: criterion.kind = Kind::reward_reachability; break;
  }
  bool const least = asked.objective == Goal::min || (asked.objective == Goal::by_criterion && asked.kind == CriterionKind::total_cost);
  criterion.objective = least ? mdp::Objective::min : mdp::Objective::max;
  criterion.discount = asked.discount;
  criterion.horizon = asked.horizon;
  criterion.budget = asked.budget;
  criterion.nature = asked.nature;
  return criterion;
}

namespace {

void check_raster(Keys const& keys, Config const& config) {
  auto const& model = config.model;
  if (model.file.empty() == model.map.empty()) {
    keys.reject(model.file.empty() ? "model.file" : "model.map", model.file.empty()
                    ? "model.file is missing: name a mask (netCDF-4 grid or octile map), or draw one as model.map"
                    : "model.file and model.map are both given; keep one");
  }
  if (model.target.empty() && model.target_lat_lon.empty()) {
    keys.reject("model.target", "no target: give model.target = [[row, column]] or, for a grid with coordinates, model.target_lat_lon = [[lat, lon]]");
  }
  if (keys.given("model.target_within") && model.target_lat_lon.empty()) {
    keys.reject("model.target_within", "model.target_within has no use without model.target_lat_lon; drop it");
  }
  auto const kind = config.criterion.kind;
  if (kind != CriterionKind::total_cost && kind != CriterionKind::discounted) {
    keys.reject("criterion.kind", "criterion.kind must be \"total_cost\" or \"discounted\" for model.kind = \"raster\"");
  }
  if (config.criterion.objective == Goal::max) {
    keys.reject("criterion.objective", "criterion.objective = \"max\" has no use for model.kind = \"raster\", whose steps cost; drop it");
  }
  for (char const* key : {"criterion.target", "criterion.avoid", "criterion.reward"}) {
    if (keys.given(key)) keys.reject(key, fmt::format("{} has no use for model.kind = \"raster\"; drop it (targets are model.target or model.target_lat_lon)", key));
  }
  auto const method = config.solver.method;
  if (method != Method::automatic && method != Method::gauss_seidel && method != Method::value_iteration) {
    keys.reject("solver.method", "solver.method must be \"auto\", \"gauss_seidel\" or \"jacobi\" for model.kind = \"raster\"");
  }
}

/// Keys that only some criteria read, and what is needed of the others.
void check_criterion(Keys const& keys, Config const& config, Asked const& asked) {
  auto const kind = asked.criterion.kind;
  auto const need = [&](std::string const& key, bool used, char const* where) {
    if (!used && keys.given(key)) keys.reject(key, fmt::format("{} has no use here; it belongs to {} = {}", key, asked.key("kind"), where));
  };
  bool const horizon = kind == CriterionKind::finite_horizon || kind == CriterionKind::bounded_reachability;
  bool const probability = kind == CriterionKind::reachability || kind == CriterionKind::bounded_reachability || kind == CriterionKind::reward_reachability;
  need(asked.key("horizon"), horizon, "\"finite_horizon\" and \"bounded_reachability\"");
  need(asked.key("terminal"), kind == CriterionKind::finite_horizon, "\"finite_horizon\"");
  need(asked.key("budget"), kind == CriterionKind::reward_reachability, "\"reward_reachability\"");
  need(asked.key("avoid"), probability, "\"reachability\", \"bounded_reachability\" and \"reward_reachability\"");
  if (kind == CriterionKind::discounted || kind == CriterionKind::average_reward || kind == CriterionKind::finite_horizon) {
    need(asked.key("target"), false, "\"total_reward\", \"total_cost\" and the reachability kinds");
  }
  need(asked.key("reward"), kind != CriterionKind::reachability && kind != CriterionKind::bounded_reachability, "those that sum rewards");
  bool const sums = kind == CriterionKind::discounted || kind == CriterionKind::total_cost || kind == CriterionKind::total_reward;
  need("solver.start", !on_raster(config) && (sums || kind == CriterionKind::reachability),
       "\"discounted\", \"total_reward\", \"total_cost\" and \"reachability\" on other models than rasters");

  double const discount = asked.criterion.discount;
  auto const key = asked.key("discount");
  if (kind == CriterionKind::discounted && discount == 1) {
    keys.reject(key, fmt::format("{} is 1 (must lie in (0, 1) for {} = \"discounted\"); give one, or set kind = \"total_cost\"", key, asked.key("kind")));
  }
  if (kind != CriterionKind::discounted && kind != CriterionKind::finite_horizon && discount != 1) {
    keys.reject(key, fmt::format("{} = {} (must be 1 for {} = {}); set kind = \"discounted\" or drop it", key, discount, asked.key("kind"),
                                 keys.find(asked.key("kind")).value_toml));
  }
}

void check_constraint(Keys const& keys, Config const& config, Asked const& asked) {
  auto const& criterion = asked.criterion;
  bool const most = !std::isnan(criterion.at_most), least = !std::isnan(criterion.at_least);
  if (criterion.constraint.empty()) {
    if (most || least) {
      auto const key = asked.key(most ? "at_most" : "at_least");
      keys.reject(key, fmt::format("{} bounds nothing; name the reward that it bounds as {}", key, asked.key("constraint")));
    }
    return;
  }
  auto const key = asked.key("constraint");
  if (criterion.kind != CriterionKind::discounted || on_raster(config)) {
    keys.reject(key, fmt::format("{} has no use here; it belongs to {} = \"discounted\" on other models than rasters", key, asked.key("kind")));
  }
  if (most == least) keys.reject(key, fmt::format("{} needs one bound: give {} or {}, not both", key, asked.key("at_most"), asked.key("at_least")));
  if (keys.given("solver.start")) keys.reject("solver.start", fmt::format("solver.start has no use with {}; drop it", key));
}

/// Lexicographic order: which criterion may come after which.
void check_order(Keys const& keys, Config const& config) {
  std::map<std::string, Config::Criterion const*> before;
  for (auto const& asked : asked_of(config)) {
    auto const& criterion = asked.criterion;
    auto const key = asked.key("after");
    if (criterion.after.empty()) {
      if (keys.given(asked.key("slack"))) keys.reject(asked.key("slack"), fmt::format("{} has no use without {}; drop it", asked.key("slack"), key));
    } else {
      auto const first = before.find(criterion.after);
      if (first == before.end()) {
        keys.reject(key, fmt::format("{} = \"{}\" is no criterion above this one; name the table [criteria.NAME] of one that is solved earlier", key, criterion.after));
      }
      if (first->second->kind != CriterionKind::discounted || !first->second->constraint.empty()) {
        keys.reject(key, fmt::format("{} = \"{}\" must be discounted and without a constraint: only there every choice among best actions is a best policy",
                                     key, criterion.after));
      }
      bool const staged = criterion.kind == CriterionKind::finite_horizon || criterion.kind == CriterionKind::bounded_reachability ||
                          criterion.kind == CriterionKind::reward_reachability;
      if (staged || !criterion.constraint.empty()) {
        keys.reject(key, fmt::format("{} has no use here; it belongs to criteria whose policy has one action a state, without a constraint", key));
      }
    }
    before.emplace(asked.name, &criterion);
  }
}

/// Keys that rasters alone have, and those that they have not.
void check_output(Keys const& keys, Config const& config) {
  for (char const* key : {"output.policy_value", "output.state_variables", "output.labels", "output.names"}) {
    if (on_raster(config) && keys.given(key)) keys.reject(key, fmt::format("{} has no use here; it belongs to other models than rasters", key));
  }
  if (config.solver.method != Method::anderson && keys.given("solver.anderson_memory")) {
    keys.reject("solver.anderson_memory", "solver.anderson_memory has no use here; it belongs to solver.method = \"anderson\"");
  }
  if (!on_raster(config) && keys.given("solver.tile")) keys.reject("solver.tile", "solver.tile has no use here; it belongs to model.kind = \"raster\"");
  if (config.model.kind != "file" && keys.given("solver.memory_limit")) {
    keys.reject("solver.memory_limit", "solver.memory_limit has no use here; it belongs to model.kind = \"file\" (models by formula need no rows: "
                                       "model.storage = \"matrix_free\")");
  }
  if (config.output.file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"result.h5\"");
}

/// The first key below a table that the job file gives; else what `otherwise` says.
std::string given_below(Keys const& keys, std::string const& table, std::string const& otherwise) {
  for (auto const& key : keys.all()) {
    if (key->given && key->path.starts_with(table + ".")) return key->path;
  }
  return otherwise;
}

void check_criteria(Keys const& keys, Config const& config) {
  if (config.criteria.empty()) return;
  auto const first = given_below(keys, "criteria", asked_of(config).front().key("kind"));
  if (on_raster(config)) {
    keys.reject(first, "[criteria.NAME] has no use for model.kind = \"raster\", which is solved for one criterion; write [criterion] alone");
  }
  auto const single = given_below(keys, "criterion", "");
  if (!single.empty()) keys.reject(single, fmt::format("{}: a job has [criterion] or [criteria.NAME]; keep one of them", single));
  for (auto const& asked : asked_of(config)) {
    if (is_name_of_result(asked.name)) {
      keys.reject(given_below(keys, asked.table, asked.key("kind")),
                  fmt::format("[{}]: the result has a variable {} of its own; choose another name", asked.table, asked.name));
    }
  }
}

}  // namespace

void check(Keys const& keys, Config const& config) {
  check_criteria(keys, config);
  if (on_raster(config)) {
    check_raster(keys, config);
  } else {
    config.model.kinds.at(config.model.kind)->check_keys(keys);
  }
  check_output(keys, config);
  check_order(keys, config);
  for (auto const& asked : asked_of(config)) {
    check_criterion(keys, config, asked);
    check_constraint(keys, config, asked);
  }
}

void check_against(Keys const& keys, Config const& config, io::RasterSource const& source) {
  if (keys.given("model.speed") && !source.geographic()) {
    keys.reject("model.speed", fmt::format("model.speed has no use on {}, a map without coordinates, where steps cost 1 and sqrt(2); drop it",
                                           config.model.file.empty() ? "a drawn map" : config.model.file.string()));
  }
}

}  // namespace bellshard::value_iteration
