#include "jobs/three_species_fishery/result.hpp"

#include "io/hdf5/result_file.hpp"

namespace bellshard::three_species_fishery {
namespace {

/// What to leave of species `s`, as biomass: [z, stage, y, x].
io::ShardedArray escapement(Grid const& grid, Decisions const& decisions, int s) {
  io::ShardedArray array{s == 0 ? "escapement_x" : "escapement_y", io::ElementType::float32, {grid.size(2), decisions.slots(), grid.size(1), grid.size(0)}, decisions.own,
                         false, "1", fmt::format("biomass of {} to leave after the harvest", "XY"[s])};
  auto const width = io::item_elements(array);
  array.fetch = [choice = decisions.choice, own = decisions.own, width, nx = grid.size(0), &nodes = grid.nodes(s), s](Block items, void* host) {
    auto const chosen = to_host(choice, (items.begin - own.begin) * width, items.size() * width);
    auto* const to = static_cast<float*>(host);
    for (std::size_t i = 0; i < chosen.size(); ++i) to[i] = static_cast<float>(nodes[static_cast<std::size_t>(s == 0 ? chosen[i] % nx : chosen[i] / nx)]);
  };
  return array;
}

void write_evaluation(Context& context, Config const& config, io::ResultFile& out, Evaluation const& evaluation) {
  auto const& policies = evaluation.policies;
  std::vector<std::string> names;
  for (auto const& policy : policies) names.push_back(policy.name);
  auto const write = [&](std::string const& name, std::vector<io::Axis> const& axes, std::vector<double> const& values, std::string const& unit, std::string const& meaning) {
    out.write(name, axes, context.root() ? Block{0, axes.front().size} : Block{}, values, {unit}, meaning);
  };
  auto const searched = [&](Search const& search, std::string const& name, std::string const& what) {
    auto const tried_x = out.axis(name + "_x", search.settings, {"1"}, what + " of X that was tried");
    if (config.harvested() == 1) return write(name + "_reward", {tried_x}, search.mean, "1", "mean reward of an episode");
    auto const tried_y = out.axis(name + "_y", search.settings, {"1"}, what + " of Y that was tried");
    write(name + "_reward", {tried_y, tried_x}, search.mean, "1", "mean reward of an episode");
  };
  if (config.settings > 0) {
    searched(evaluation.mortality, "mortality", "constant mortality");
    searched(evaluation.escapement, "constant_escapement", "constant escapement");
  }

  auto const rule = out.axis("rule", names, "ways to decide");
  auto const episode = out.axis("episode", config.episodes, "simulated episodes, the same noise for each policy");
  std::vector<double> mean, deviation, error, full, setting_x, setting_y, reward, steps, biomass, caught;
  for (auto const& one : policies) {
    auto const sample = statistics(one.reward);
    mean.push_back(sample.mean);
    deviation.push_back(sample.deviation);
    error.push_back(sample.standard_error());
    full.push_back(one.full_share(config.horizon));
    setting_x.push_back(one.setting[0]);
    setting_y.push_back(one.setting[1]);
    reward.insert(reward.end(), one.reward.begin(), one.reward.end());
    steps.insert(steps.end(), one.steps.begin(), one.steps.end());
    biomass.insert(biomass.end(), one.biomass.begin(), one.biomass.end());
    caught.insert(caught.end(), one.caught.begin(), one.caught.end());
  }
  write("mean_reward", {rule}, mean, "1", "mean of the rewards of all episodes");
  write("reward_deviation", {rule}, deviation, "1", "standard deviation of the rewards of all episodes");
  write("standard_error", {rule}, error, "1", "standard error of the mean reward");
  write("full_share", {rule}, full, "1", "share of episodes that lasted to the horizon");
  write("setting_x", {rule}, setting_x, "1", "constant mortality or escapement of X; not a number where there is none");
  write("setting_y", {rule}, setting_y, "1", "the same of Y");
  write("reward", {rule, episode}, reward, "1", "reward of an episode");
  write("steps", {rule, episode}, steps, "count", "steps before a species was lost; the horizon where none was");
  auto const paths = std::min(config.paths, config.episodes);
  if (paths == 0) return;
  auto const path = out.axis("path", paths, "first episodes");
  auto const time = out.axis("time", config.horizon + 1, "step of an episode");
  auto const step = out.axis("step", config.horizon, "step of an episode");
  std::vector<std::string> const all{"X", "Y", "Z"};
  auto const species = out.axis("species", {all.begin(), all.begin() + config.species()}, "species");
  auto const harvested = out.axis("fishery", {all.begin(), all.begin() + config.harvested()}, "harvested species");
  write("biomass", {rule, path, time, species}, biomass, "1", "biomass before the harvest; not a number once the episode is over");
  write("caught", {rule, path, step, harvested}, caught, "1", "biomass that was harvested");
}

}  // namespace

void write_result(Context& context, Config const& config, Grid const& grid, Backward const& backward, Evaluation const& evaluation, double value_at_start,
                  io::RunRecord const& record, DriveResult const& driven) {
  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  auto const level = static_cast<int>(config.compression);
  char const* const names[] = {"x", "y", "z"};
  std::vector<io::Axis> axes;
  for (int s = 0; s < 3; ++s) axes.push_back(out.axis(names[s], grid.nodes(s), {"1"}, fmt::format("biomass of {}, a node at the threshold", "XYZ"[s])));
  out.write(backward.value(), {axes[2], axes[1], axes[0]}, {}, level);
  out.write("value_at_start", value_at_start, {"1"}, "most expected reward from the start without its noise");
  if (config.episodes > 0) write_evaluation(context, config, out, evaluation);
  if (config.write_policy) {
    auto const& decisions = backward.decisions();
    out.enter("policy");
    std::vector<double> const stages(decisions.stage.begin(), decisions.stage.end());
    auto const stage = out.axis("stage", stages, {"1"}, "step of an episode that the decisions are for");
    for (int s = 0; s < config.harvested(); ++s) out.write(escapement(grid, decisions, s), {axes[2], stage, axes[1], axes[0]}, {}, level);
    out.enter("");
  }
  out.write(driven.trace);
  out.commit();
}

}  // namespace bellshard::three_species_fishery
