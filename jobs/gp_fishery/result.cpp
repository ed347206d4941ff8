#include "jobs/gp_fishery/result.hpp"

#include <algorithm>
#include <limits>

#include "io/hdf5/result_file.hpp"
#include "jobs/gp_fishery/diagnostics.hpp"

namespace bellshard::gp_fishery {
namespace {

/// Writes what every rank holds whole.
class Whole {
 public:
  Whole(Context const& context, io::ResultFile& out) : root_(context.root()), out_(out) {}
  template <class T>
  void operator()(std::string const& name, std::vector<io::Axis> const& axes, std::vector<T> const& values, std::string const& unit, std::string const& meaning) const {
    out_.write(name, axes, root_ ? Block{0, axes.front().size} : Block{}, values, {unit}, meaning);
  }

 private:
  bool root_;
  io::ResultFile& out_;
};

template <class T, class Of>
std::vector<T> each(std::vector<Managed> const& managed, Of const& of) {
  std::vector<T> values;
  for (auto const& one : managed) {
    std::vector<T> const list = of(one);
    values.insert(values.end(), list.begin(), list.end());
  }
  return values;
}

void write_draws(io::ResultFile& out, Whole const& write, std::string const& model, std::vector<std::string> const& names, Draws const& draws, io::Axis const& chain) {
  auto const draw = out.axis(model + "_draw", draws.size(), "posterior draws, chain after chain");
  auto const parameter = out.axis(model + "_parameter", names, "parameters");
  std::vector<double> effective, reduction;
  for (int p = 0; p < draws.parameters; ++p) {
    auto const values = draws.of_parameter(p);
    write(model + "_" + names[static_cast<std::size_t>(p)], {draw}, values, "1", "posterior draws of the " + names[static_cast<std::size_t>(p)]);
    auto const mixed = mixing(values, draws.chains);
    effective.push_back(mixed.effective);
    reduction.push_back(mixed.reduction);
  }
  write(model + "_log_density", {draw}, draws.log_density, "nat", "log posterior density at the draws");
  write(model + "_effective", {parameter}, effective, "count", "effective number of draws");
  write(model + "_reduction", {parameter}, reduction, "1", "potential scale reduction of the chains");
  write(model + "_acceptance", {chain}, draws.acceptance, "1", "share of proposals that were accepted after burning in");
}

void write_predictions(Whole const& write, Predictions const& predictions, io::Axis const& state) {
  auto const points = static_cast<std::size_t>(state.size), draws = predictions.noise.size();
  std::vector<double> mean(points, 0), variance(points, 0);
  for (std::size_t d = 0; d < draws; ++d) {
    for (std::size_t i = 0; i < points; ++i) {
      mean[i] += predictions.mean[d * points + i] / static_cast<double>(draws);
      variance[i] += predictions.variance[d * points + i] / static_cast<double>(draws);
    }
  }
  write("posterior_mean", {state}, mean, "1", "next stock by the Gaussian process, mean over the draws");
  write("posterior_variance", {state}, variance, "1", "variance of the Gaussian process without noise, mean over the draws");
}

}  // namespace

std::vector<double> profit_ratios(std::vector<Managed> const& managed) {
  auto const best = std::find_if(managed.begin(), managed.end(), [](Managed const& one) { return one.name == name_of(Model::true_model); });
  std::vector<double> ratios;
  for (auto const& one : managed) ratios.push_back(best == managed.end() ? std::numeric_limits<double>::quiet_NaN() : one.paths.profits.mean / best->paths.profits.mean);
  return ratios;
}

void write_result(Context& context, Config const& config, Series const& series, Fishery& fishery, std::vector<Managed> const& managed, io::RunRecord const& record, DriveResult const& driven) {
  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  Whole const write(context, out);
  std::vector<std::string> names;
  for (auto const& one : managed) names.push_back(one.name);
  auto const model = out.axis("model", names, "what the policy was made from");
  auto const grid = config.grid();
  auto const state = out.axis("state", grid, {"1"}, "stock");
  auto const observation = out.axis("observation", static_cast<std::int64_t>(series.x.size()), "pairs of stocks that were observed");

  write("policy", {model, state}, each<double>(managed, [&](Managed const& one) {
          std::vector<double> harvests;
          for (auto const h : one.decision.harvest) harvests.push_back(grid[static_cast<std::size_t>(h)]);
          return harvests;
        }), "1", "harvest");
  write("harvest_index", {model, state}, each<std::int32_t>(managed, [](Managed const& one) { return one.decision.harvest; }), "1", "point of the grid that is the harvest");
  write("value", {model, state}, each<double>(managed, [](Managed const& one) { return one.decision.value; }), "1", "expected profit as value iteration has it after its last sweep; not a number of policies from a file");
  write("sweeps", {model}, each<std::int64_t>(managed, [](Managed const& one) { return std::vector{one.sweeps}; }), "count", "sweeps of value iteration");
  write("change", {model}, each<double>(managed, [](Managed const& one) { return std::vector{one.change}; }), "1", "largest change of a value in the last sweep");
  write("observed_stock", {observation}, series.x, "1", "stock that was observed");
  write("observed_next", {observation}, series.y, "1", "the next one");

  auto const sampled = std::any_of(fishery.models().begin(), fishery.models().end(), is_sampled);
  if (sampled) {
    auto const chain = out.axis("chain", config.chains, "Metropolis chains");
    for (auto const& [which, draws] : fishery.draws()) write_draws(out, write, name_of(which), Chains::parameters_of_model(which), draws, chain);
    if (fishery.draws().count(Model::gaussian_process) > 0) write_predictions(write, fishery.predictions(), state);
  }
  if (!fishery.most_likely().empty()) {
    auto const parameter = out.axis("mle_parameter", Chains::parameters_of_model(Model::allen), "parameters");
    write("mle", {parameter}, fishery.most_likely(), "1", "parameters under which the series is most likely");
  }

  write("profit_mean", {model}, each<double>(managed, [](Managed const& one) { return std::vector{one.paths.profits.mean}; }), "1", "profit of a path, mean over all paths");
  write("profit_deviation", {model}, each<double>(managed, [](Managed const& one) { return std::vector{one.paths.profits.deviation}; }), "1", "its standard deviation over paths");
  write("profit_standard_error", {model}, each<double>(managed, [](Managed const& one) { return std::vector{one.paths.profits.standard_error()}; }), "1", "standard error of the mean");
  write("profit_ratio", {model}, profit_ratios(managed), "1", "mean profit over that of the true model's policy");
  write("extinct", {model}, each<double>(managed, [](Managed const& one) { return std::vector{one.paths.extinct}; }), "1", "share of paths whose last stock lies nearest to 0");
  auto const path = out.axis("path", config.paths, "simulated paths");
  write("total_profit", {model, path}, each<double>(managed, [](Managed const& one) { return one.paths.total; }), "1", "profit of each path");
  if (config.kept_paths > 0) {
    auto const kept = out.axis("kept_path", std::min(config.kept_paths, config.paths), "first simulated paths"), year = out.axis("year", config.years, "years");
    auto const own = own_kept_paths(context, config);
    auto const write_years = [&](char const* name, std::vector<double> Paths::*of, char const* meaning) {
      auto const years = static_cast<std::size_t>(config.years);
      std::vector<double> all;  // [path, model, year]
      for (std::size_t p = 0; p < static_cast<std::size_t>(own.size()); ++p) {
        for (auto const& one : managed) all.insert(all.end(), (one.paths.*of).begin() + static_cast<std::ptrdiff_t>(p * years), (one.paths.*of).begin() + static_cast<std::ptrdiff_t>((p + 1) * years));
      }
      out.write(name, {kept, model, year}, own.empty() ? Block{} : own, all, {"1"}, meaning);
    };
    write_years("stock", &Paths::stock, "stock before the harvest");
    write_years("harvest", &Paths::harvest, "harvest that the policy wants");
    write_years("profit", &Paths::profit, "what is caught of it");
  }
  out.attribute("form", config.form == Form::published ? "published" : "corrected");
  out.attribute("criterion", config.criterion == Criterion::published ? "published" : "discounted");
  out.write(driven.trace);
  out.commit();
}

}  // namespace bellshard::gp_fishery
