#include "jobs/incremental_worst_case/config.hpp"

#include <fmt/format.h>

namespace bellshard::incremental_worst_case {

void Config::declare(Keys& keys) {
  keys.table("family", "models with the same states and actions; the first is the nominal one");
  keys.choice("family.kind", family, {{"windy_walk", FamilyKind::windy_walk}, {"crossroads", FamilyKind::crossroads}, {"inventory", FamilyKind::inventory}, {"files", FamilyKind::files}},
              "what they are");
  keys.variant("family.kind", "windy_walk", "three corridors between walls, where wind blows west: with alpha, its third and its sixth power", [&] {
    keys.integer("family.models", models[0], "values of alpha, evenly from the least to the greatest").range(1, 1e6).unit("count");
    keys.real("family.alpha_low", alpha_low, "least wind").range(0, 1);
    keys.real("family.alpha_high", alpha_high, "greatest wind").range(0, 1);
    keys.integer("family.scale", scale, "the map of 6 x 6 cells, each made so many cells wide and high").range(1, 1000);
  });
  keys.variant("family.kind", "crossroads", "a safe way, or a fork that no policy can take right in every model", [&] {
    keys.integer("family.models", models[1], "values of alpha, evenly from 0 to 1: what pays at the fork").range(2, 1e6).unit("count");
    keys.real("family.safe", safe, "reward of the safe way").range(-1e6, 1e6);
  });
  keys.variant("family.kind", "inventory", "orders under a Poisson demand of unknown mean, on days that may be idle", [&] {
    keys.integer("family.models", models[2], "points of a square grid over mean and share of idle days: a square number").range(1, 1e6).unit("count");
    keys.integer("family.capacity", capacity, "most units in stock").range(1, 10000).unit("count");
    keys.real("family.mean_low", mean_low, "least mean of the demand; the nominal model has the greatest").range(0, 1e5, Border::open);
    keys.real("family.mean_high", mean_high, "greatest mean of the demand").range(0, 1e5, Border::open);
    keys.real("family.idle_low", idle_low, "least share of idle days").range(0, 1);
    keys.real("family.idle_high", idle_high, "greatest share of idle days").range(0, 1);
    keys.real("family.fixed_cost", fixed_cost, "cost of an order, whatever its size").range(0, 1e15);
    keys.real("family.unit_cost", unit_cost, "cost of a unit ordered").range(0, 1e15);
    keys.real("family.holding_cost", holding_cost, "cost of a unit in stock for a period, before sales").range(0, 1e15);
    keys.real("family.price", price, "reward of a unit sold").range(0, 1e15);
  });
  keys.variant("family.kind", "files", "models from files", [&] {
    keys.files("family.files", files, "MDP files (docs/formats.md) with the same states and actions").required().example("[\"model_0.h5\", \"model_1.h5\"]");
  });
  keys.integer("family.start", start, "state in which values are compared; -1: the family's own, of files the first one with the label init, else 0").range(-1, 1e15);

  keys.table("solver", "how it is solved");
  keys.real("solver.discount", discount, "weight of the next step").range(0, 1, Border::closed, Border::open);
  keys.real("solver.tolerance", tolerance, "error that values may have").range(0, 1, Border::open);
  keys.real("solver.gap", gap, "difference between what a policy promises and its worst value at which the sequence ends").range(0, 1e6, Border::open);
  keys.integer("solver.max_iterations", max_iterations, "models in the sequence at most").range(1, 10000).unit("count");
  keys.integer("solver.chain_sweeps", chain_sweeps, "sweeps of the chosen policy in the model that nature chose, after each sweep over all actions; 0: value iteration").range(0, 1e6).unit("count");
  keys.integer("solver.max_sweeps", max_sweeps, "over all actions, of a robust value iteration at most").range(1, 1e12).unit("count");
  keys.table("search", "how the worst model of a policy is found");
  keys.choice("search.kind", search, {{"exhaustive", Search::exhaustive}, {"cma_es", Search::cma_es}}, "every model of the grid, or an evolution strategy over the parameters between their ends");
  keys.variant("search.kind", "cma_es", "covariance matrix adaptation (Hansen 2016), over parameters scaled to 0 to 1", [&] {
    keys.integer("search.population", population, "models tried at once").range(4, 10000).unit("count");
    keys.integer("search.generations", generations, "times that").range(1, 1e6).unit("count");
    keys.real("search.spread", spread, "first standard deviation").range(0, 10, Border::open);
    keys.integer("search.seed", seed, "of its draws").range(0, 4294967295.0);
  });
  keys.table("compare", "what stands beside it");
  keys.flag("compare.robust", robust, "robust value iteration over the grid: the worst model for each state and action by itself");
  keys.reals("compare.l1_radii", l1_radii, "robust value iteration in L1 balls around one model, of each of these radii").range(0, 2);
  keys.integer("compare.l1_centre", l1_centre, "that model, the nominal one is 0").range(0, 1e6);
  keys.table("output", "where it goes");
  keys.text("output.file", file, "result file, below the output folder (-o)");
}

void Config::check(Keys const& keys) const {
  if (family == FamilyKind::windy_walk && alpha_low > alpha_high) keys.reject("family.alpha_low", fmt::format("family.alpha_low = {} is above family.alpha_high = {}; swap them", alpha_low, alpha_high));
  if (family == FamilyKind::inventory) {
    std::int64_t root = 1;
    while (root * root < models[2]) ++root;
    if (root * root != models[2]) keys.reject("family.models", fmt::format("family.models = {} is no square number; take {} for a grid of {} means and {} shares", models[2], root * root, root, root));
    if (mean_low > mean_high || idle_low > idle_high) keys.reject("family.mean_low", "the ends of the mean or of the share of idle days are swapped; the lower one first");
  }
  if (search == Search::cma_es && (family == FamilyKind::files || family == FamilyKind::crossroads))
    keys.reject("search.kind", "search.kind = \"cma_es\" needs a family with parameters to search between their ends, windy_walk or inventory; take \"exhaustive\"");
  if (family == FamilyKind::files && files.empty()) keys.reject("family.files", "family.files is empty; name at least one model");
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"incremental_worst_case.h5\"");
}

}  // namespace bellshard::incremental_worst_case
