#include "jobs/gp_fishery/config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace bellshard::gp_fishery {
namespace {

constexpr std::pair<Model, char const*> all_models[] = {{Model::true_model, "true"}, {Model::gaussian_process, "gp"}, {Model::allen, "allen"},
                                                        {Model::ricker, "ricker"},   {Model::myers, "myers"},         {Model::maximum_likelihood, "mle"}};

Model const* find_model(std::string const& name) {
  auto const found = std::find_if(std::begin(all_models), std::end(all_models), [&](auto const& known) { return known.second == name; });
  return found == std::end(all_models) ? nullptr : &found->first;
}

}  // namespace

std::string name_of(Model model) {
  return std::find_if(std::begin(all_models), std::end(all_models), [&](auto const& known) { return known.first == model; })->second;
}

std::vector<Model> Config::models() const {
  std::vector<Model> models;
  for (auto const& name : model_names) models.push_back(*find_model(name));
  return models;
}

std::vector<double> Config::grid() const {
  std::vector<double> grid(static_cast<std::size_t>(points));
  for (std::size_t i = 0; i < grid.size(); ++i) grid[i] = most_stock * static_cast<double>(i) / static_cast<double>(points - 1);
  return grid;
}

void Config::declare(Keys& keys) {
  keys.table("data", "what was observed");
  keys.file("data.file", data, "CSV with a head and the columns x, y: a stock and the next one").required().example("\"training_data.csv\"");
  keys.table("grid", "stocks and harvests that are told apart: an even grid from 0 on");
  keys.integer("grid.points", points, "points").range(3, 100000).unit("count");
  keys.real("grid.most", most_stock, "the last one").range(0, 1e9, Border::open);
  keys.table("truth", "the stock that is fished: x' = z S exp(growth (1 - S / capacity) (S - threshold) / capacity), S = x - harvest");
  keys.reals("truth.parameters", truth, "growth, capacity, threshold").range(0, 1e9, Border::open);
  keys.real("truth.noise", noise, "standard deviation of log z").range(0, 10, Border::open);
  keys.table("models", "who decides");
  keys.texts("models.names", model_names, "of true, gp (Gaussian process), allen, ricker, myers (posterior draws), mle (maximum likelihood)");
  keys.table("posterior", "Metropolis chains, for each model that is sampled");
  keys.integer("posterior.chains", chains, "chains").range(1, 1e6).unit("count");
  keys.integer("posterior.steps", steps, "steps of each").range(2, 1e9).unit("count");
  keys.integer("posterior.burn_in", burn_in, "steps that are left out; the candidates learn their proposals here").range(0, 1e9).unit("count");
  keys.integer("posterior.thin", thin, "steps from one draw to the next").range(1, 1e9).unit("count");
  keys.integer("posterior.seed", seed, "of all random numbers").range(0, 4294967295.0);
  keys.real("posterior.step", step, "standard deviation of proposals of the Gaussian process, in log length and log noise").range(0, 100, Border::open, Border::closed, "; 1 is what was published");
  keys.real("posterior.length_shape", priors.length_shape, "gamma prior of the length scale").range(0, 1e6, Border::open);
  keys.real("posterior.length_scale", priors.length_scale, "its scale").range(0, 1e6, Border::open);
  keys.real("posterior.noise_shape", priors.noise_shape, "gamma prior of the noise").range(0, 1e6, Border::open);
  keys.real("posterior.noise_rate", priors.noise_rate, "its rate").range(0, 1e6, Border::open);
  keys.table("candidates", "parametric models, with uniform priors from 0 on");
  keys.integer("candidates.draws", candidate_draws, "posterior draws that transitions are averaged over, at most").range(1, 1e6).unit("count");
  keys.integer("candidates.stretch", stretch, "their chains take as many times the steps, burn in and thin out as much longer; they mix badly, and cost little").range(1, 1e4).unit("count");
  keys.reals("candidates.allen_most", allen_most, "greatest growth, capacity, threshold, noise").range(0, 1e9, Border::open);
  keys.reals("candidates.ricker_most", ricker_most, "greatest growth, capacity, noise").range(0, 1e9, Border::open);
  keys.reals("candidates.myers_most", myers_most, "greatest growth, exponent, capacity, noise").range(0, 1e9, Border::open);
  keys.table("decision", "value iteration");
  keys.choice("decision.form", form, {{"published", Form::published}, {"corrected", Form::corrected}},
              "of the Gaussian process' transitions: variance where the stock is before the harvest, without noise; or where it is after it, with noise");
  keys.choice("decision.criterion", criterion, {{"published", Criterion::published}, {"discounted", Criterion::discounted}}, "P V + (1 - delta) profit; or (1 - delta) P V + profit");
  keys.real("decision.discount", discount, "delta").range(0, 1, Border::open, Border::open);
  keys.real("decision.tolerance", tolerance, "values change by less than delta tolerance / (2 - 2 delta)").range(0, 1, Border::open);
  keys.integer("decision.max_sweeps", max_sweeps, "sweeps at most, for each model").range(1, 1e9).unit("count");
  keys.table("simulation", "the true stock under each policy, with the same random numbers");
  keys.real("simulation.start", first_stock, "stock in the first year").range(0, 1e9);
  keys.integer("simulation.years", years, "stocks of a path; the last is not fished").range(2, 1e6).unit("count");
  keys.integer("simulation.paths", paths, "paths").range(1, 1e9).unit("count");
  keys.integer("simulation.kept_paths", kept_paths, "first paths that are written year by year").range(0, 1e6).unit("count");
  keys.file("simulation.policies", policies, "CSV with the columns stock, method, value: further policies on the same grid");
  keys.table("output", "where it goes");
  keys.text("output.file", file, "result file, below the output folder (-o)");
}

void Config::check(Keys const& keys) const {
  if (model_names.empty()) keys.reject("models.names", "models.names is empty; name one of true, gp, allen, ricker, myers, mle at least");
  for (std::size_t i = 0; i < model_names.size(); ++i) {
    if (!find_model(model_names[i])) keys.reject("models.names", fmt::format("models.names has \"{}\"; known are true, gp, allen, ricker, myers, mle", model_names[i]));
    if (std::find(model_names.begin(), model_names.begin() + static_cast<std::ptrdiff_t>(i), model_names[i]) != model_names.begin() + static_cast<std::ptrdiff_t>(i))
      keys.reject("models.names", fmt::format("models.names has \"{}\" twice; name each model once", model_names[i]));
  }
  auto const count = [&](char const* path, std::vector<double> const& list, std::size_t wanted, char const* what) {
    if (list.size() != wanted) keys.reject(path, fmt::format("{} has {} numbers; give {}: {}", path, list.size(), wanted, what));
  };
  count("truth.parameters", truth, 3, "growth, capacity, threshold");
  count("candidates.allen_most", allen_most, 4, "growth, capacity, threshold, noise");
  count("candidates.ricker_most", ricker_most, 3, "growth, capacity, noise");
  count("candidates.myers_most", myers_most, 4, "growth, exponent, capacity, noise");
  if (burn_in >= steps) keys.reject("posterior.burn_in", fmt::format("posterior.burn_in = {} leaves none of the {} steps; take fewer, or more posterior.steps", burn_in, steps));
  if (first_stock > most_stock)
    keys.reject("simulation.start", fmt::format("simulation.start = {} lies beyond the grid, which ends at {}; enlarge grid.most", first_stock, most_stock));
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"gp_fishery.h5\"");
}

}  // namespace bellshard::gp_fishery
