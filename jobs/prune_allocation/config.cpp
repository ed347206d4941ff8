#include "jobs/prune_allocation/config.hpp"

#include <fmt/format.h>

namespace bellshard::prune_allocation {
namespace {

constexpr std::size_t most_steps = 1000;

}  // namespace

std::vector<double> Config::steps() const {
  std::vector<double> all;
  double at = 0;
  for (auto const goal : sparsity) {
    for (auto next = at; all.size() < most_steps && (next = 1 - (1 - at) * (1 - rate)) < goal - 1e-9;) all.push_back(at = next);
    all.push_back(at = goal);
  }
  return all;
}

std::vector<std::int64_t> Config::budgets(std::int64_t weights) const {
  if (sparsity.empty()) return budget;
  std::vector<std::int64_t> all;
  for (auto const share : in_steps() ? steps() : sparsity) all.push_back(static_cast<std::int64_t>((1 - share) * static_cast<double>(weights) + 1e-6));
  return all;
}

void Config::declare(Keys& keys) {
  keys.table("model", "the layers and what their choices cost and lose");
  keys.file("model.table", table, "measured losses: JSONL, a layer a line, {\"layer\": \"conv1\", \"cost\": [432, 0], \"loss\": [0.0, 0.3]}, or HDF5 (.h5)")
      .example("\"losses.jsonl\"");
  keys.file("model.network", network, "in place of a table: a residual network in HDF5, whose layers are pruned one by one and measured on images");
  images.declare(keys);
  keys.table("pruning", "how the curves of a network are measured: the smallest weights of a layer go first, all other layers are whole");
  keys.integer("pruning.amounts", pruning.amounts, "amounts that each layer is pruned by, from nothing to all in equal steps").range(2, 10'001).unit("count");
  keys.integer("pruning.calibration", calibration, "the first so many images, for the curves; accuracies are those of all images").range(1, 1e12).unit("count");
  keys.choice("pruning.distortion", pruning.distortion, {{"mean", Distortion::mean}, {"worst", Distortion::worst}},
              "loss of an amount: the mean square of the change of an image's outputs, of all images the mean or the greatest");
  keys.real("pruning.rate", rate, "0: each sparsity by itself, from the curves of the whole network; else in steps, none of which prunes more than this share of the weights left: after each "
            "the network that is left is measured anew (0.2 is usual)")
      .range(0, 0.99);
  keys.table("solver", "what is asked for, and how it is found");
  keys.integers("solver.budget", budget, "most that the choices of all layers may cost together; one result for each").range(0, 1e18).example("[600, 400]");
  keys.reals("solver.sparsity", sparsity, "in place of budgets, for a network: shares of all weights that are pruned at least").range(0, 1);
  keys.choice("solver.objective", solver.objective, {{"min", dp::Objective::min}, {"max", dp::Objective::max}}, "least or greatest sum of losses");
  solver.declare(keys);
  keys.flag("solver.compatible", compatible, "take the published program's table with its rounding (the README lists it) in place of the optimum, to repeat its numbers; on one rank");
  keys.table("output", "where it goes");
  keys.text("output.file", file, "the result, below the output folder (-o)");
  solver.declare_frontier(keys);
}

void Config::check(Keys const& keys) const {
  if (table.empty() == network.empty()) keys.reject("model.table", "model.table and model.network: name one of them, what is measured already or a network to measure");
  if (network.empty()) {
    if (budget.empty()) keys.reject("solver.budget", "solver.budget is empty; name at least one budget, for example [600]");
    for (auto const* key : {"solver.sparsity", "images.file"}) {
      if (keys.given(key)) keys.reject(key, fmt::format("{} has no use without model.network", key));
    }
  } else {
    if (images.file.empty()) keys.reject("images.file", "images.file is absent; a network is measured on images");
    if (budget.empty() == sparsity.empty()) keys.reject("solver.sparsity", "solver.sparsity and solver.budget: name one of them, for example solver.sparsity = [0.5, 0.9]");
    if (solver.objective != dp::Objective::min) keys.reject("solver.objective", "solver.objective = \"max\": what a network loses is to be least; write \"min\"");
    images.check(keys);
  }
  if (in_steps()) check_steps(keys);
  if (compatible) {
    if (solver.objective != dp::Objective::min) keys.reject("solver.compatible", "solver.compatible: the published table has the least sum of losses; write objective = \"min\"");
    for (auto const* key : {"solver.method", "solver.precision"}) {
      if (keys.given(key)) keys.reject(key, fmt::format("{} has no use with solver.compatible; leave it out", key));
    }
  }
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"allocation.h5\"");
}

void Config::check_steps(Keys const& keys) const {
  if (sparsity.empty()) keys.reject("pruning.rate", "pruning.rate has no use without model.network and solver.sparsity, up to which the steps lead");
  for (std::size_t k = 0; k < sparsity.size(); ++k) {
    if (sparsity[k] >= 1 || sparsity[k] <= (k == 0 ? 0 : sparsity[k - 1])) {
      keys.reject("solver.sparsity", fmt::format("solver.sparsity has {} at {}; with pruning.rate, sparsities rise and lie between 0 and 1", sparsity[k], k));
    }
  }
  if (steps().size() > most_steps) keys.reject("pruning.rate", fmt::format("pruning.rate = {} leads up to the last sparsity in more than {} steps; raise it", rate, most_steps));
}

}  // namespace bellshard::prune_allocation
