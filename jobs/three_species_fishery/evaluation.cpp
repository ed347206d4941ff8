#include "jobs/three_species_fishery/evaluation.hpp"

#include <algorithm>
#include <limits>

#include "jobs/three_species_fishery/between_nodes.hpp"
#include "kernels/dp/episodes.hpp"
#include "src/dist/gather.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::three_species_fishery {
namespace {

constexpr std::uint32_t purpose_search = 1, purpose_evaluation = 2;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

/// Rewards and steps of [rule, episode], all on every rank.
void run_rules(Context& context, Fishery const& fishery, std::vector<FixedRule> const& rules, std::int64_t episodes, std::uint32_t seed, std::uint32_t purpose,
               Recorder const& record, std::vector<double>& reward, std::vector<double>& steps) {
  auto const own = Partition::equal(static_cast<std::int64_t>(rules.size()) * episodes, context.ranks()).block(context.rank());
  auto const table = to_device(rules, "bellshard::three_species_fishery::rules");
  Array<Ended> const outcome("bellshard::three_species_fishery::outcome", static_cast<std::size_t>(own.size()));
  auto const each = static_cast<std::uint64_t>(episodes);
  dp::simulate(
      Execution(), "bellshard::three_species_fishery::rules", own,
      KOKKOS_LAMBDA(std::uint64_t item) { return run_episode(fishery, table(item / each), seed, purpose, item % each, record); }, outcome);
  std::vector<double> own_reward, own_steps;
  for (auto const& [sum, lasted] : to_host(outcome)) own_reward.push_back(sum), own_steps.push_back(lasted);
  reward = gather_from_ranks(context.comm(), own_reward);
  steps = gather_from_ranks(context.comm(), own_steps);
}

/// Room for the paths of one policy.
struct Paths {
  Array<double> biomass, caught;
  std::int64_t paths;

  Paths(Fishery const& fishery, std::int64_t paths)
      : biomass("bellshard::three_species_fishery::biomass", static_cast<std::size_t>(paths * (fishery.horizon + 1) * fishery.species)),
        caught("bellshard::three_species_fishery::caught", static_cast<std::size_t>(paths * fishery.horizon * fishery.harvested)),
        paths(paths) {
    Kokkos::deep_copy(biomass, nothing);
    Kokkos::deep_copy(caught, nothing);
  }
  Recorder recorder() const { return {biomass.data(), caught.data(), paths}; }
};

/// What a setting of a rule comes to, over episodes of its own.
Search search(Context& context, Config const& config, Fishery const& fishery, FixedRule::Form form, double most) {
  Search found{{}, {}, {form, {0, 0}}};
  auto const steps = config.settings;
  for (std::int64_t i = 0; i < steps; ++i) found.settings.push_back(steps > 1 ? most * static_cast<double>(i) / static_cast<double>(steps - 1) : 0);
  std::vector<FixedRule> rules;
  for (auto const of_y : config.harvested() == 2 ? found.settings : std::vector<double>{0}) {
    for (auto const of_x : found.settings) rules.push_back({form, {of_x, of_y}});
  }
  std::vector<double> reward, lasted;
  run_rules(context, fishery, rules, config.search_episodes, static_cast<std::uint32_t>(config.seed), purpose_search, {}, reward, lasted);
  std::size_t best = 0;
  for (std::size_t r = 0; r < rules.size(); ++r) {
    auto const begin = reward.begin() + static_cast<std::int64_t>(r) * config.search_episodes;
    found.mean.push_back(statistics({begin, begin + config.search_episodes}).mean);
    if (found.mean[r] > found.mean[best]) best = r;
  }
  found.best = rules[best];
  return found;
}

Evaluated evaluate_rule(Context& context, Config const& config, Fishery const& fishery, std::string name, FixedRule const& rule) {
  Evaluated found{std::move(name), {rule.setting[0], fishery.harvested == 2 ? rule.setting[1] : nothing}, {}, {}, {}, {}};
  auto const seed = static_cast<std::uint32_t>(config.seed);
  run_rules(context, fishery, {rule}, config.episodes, seed, purpose_evaluation, {}, found.reward, found.steps);
  // The few whose time series are wanted once more, on every rank, so that nothing has to travel.
  Paths const paths(fishery, std::min(config.paths, config.episodes));
  auto const record = paths.recorder();
  Array<Ended> const outcome("bellshard::three_species_fishery::outcome", static_cast<std::size_t>(paths.paths));
  dp::simulate(
      Execution(), "bellshard::three_species_fishery::paths", {0, paths.paths},
      KOKKOS_LAMBDA(std::uint64_t number) { return run_episode(fishery, rule, seed, purpose_evaluation, number, record); }, outcome);
  found.biomass = to_host(paths.biomass);
  found.caught = to_host(paths.caught);
  return found;
}

/// All episodes together, step by step: the rank that owns the planes around an episode says what to leave.
Evaluated evaluate_decisions(Context& context, Config const& config, Fishery const& fishery, Grid const& grid, Decisions const& decisions) {
  auto const seed = static_cast<std::uint32_t>(config.seed);
  auto const size = static_cast<std::size_t>(config.episodes);
  Array<Episode> const episodes("bellshard::three_species_fishery::episodes", size);
  Array<double> const leave("bellshard::three_species_fishery::leave", 2 * size);
  Paths const paths(fishery, std::min(config.paths, config.episodes));
  auto const record = paths.recorder();
  auto const axis_x = grid.axis(0), axis_y = grid.axis(1), axis_z = grid.axis(2);
  auto const choice = decisions.choice;
  auto const own = decisions.own;
  auto const plane = grid.plane(), nx = grid.size(0), slots = decisions.slots();
  auto const harvested = fishery.harvested;
  Kokkos::RangePolicy<Execution> const all(0, config.episodes);

  Kokkos::parallel_for(
      "bellshard::three_species_fishery::begin", all,
      KOKKOS_LAMBDA(std::int64_t e) { episodes(e) = Episode::begin(fishery, Episode::draws(seed, purpose_evaluation, static_cast<std::uint64_t>(e), -1)); });
  for (std::int64_t t = 0; t < config.horizon; ++t) {
    auto const slot = decisions.slot_of(t);
    Kokkos::parallel_for(
        "bellshard::three_species_fishery::decide", all, KOKKOS_LAMBDA(std::int64_t e) {
          auto const& now = episodes(e);
          for (int s = 0; s < 2; ++s) {
            leave(2 * e + s) = 0;
            if (now.over || s >= harvested) continue;
            auto const field = [&](std::int64_t k, std::int64_t j, std::int64_t i) {
              auto const node = choice((k * slots + slot) * plane + j * nx + i);
              return s == 0 ? axis_x.node[node % nx] : axis_y.node[node / nx];
            };
            leave(2 * e + s) = between_nodes(axis_x, axis_y, axis_z, own, now.biomass[0], now.biomass[1], now.biomass[2], field);
          }
        });
    if (context.ranks() > 1) {
      auto part = to_host(leave);
      sum_over_ranks(context.comm(), part);
      copy_to_device(part, leave, 0);
    }
    Kokkos::parallel_for(
        "bellshard::three_species_fishery::advance", all, KOKKOS_LAMBDA(std::int64_t e) {
          auto& now = episodes(e);
          if (now.over) return;
          double taken[2];
          for (int s = 0; s < 2; ++s) {
            double const share = 1 - leave(2 * e + s) / now.biomass[s];
            taken[s] = share > 0 ? share : 0;
          }
          auto stream = Episode::draws(seed, purpose_evaluation, static_cast<std::uint64_t>(e), t);
          now.advance(fishery, taken, stream, record, static_cast<std::uint64_t>(e));
        });
  }
  Evaluated found{"dynamic_programming", {nothing, nothing}, {}, {}, to_host(paths.biomass), to_host(paths.caught)};
  for (auto const& episode : to_host(episodes)) found.reward.push_back(episode.reward), found.steps.push_back(episode.step);
  return found;
}

}  // namespace

double Evaluated::full_share(std::int64_t horizon) const {
  auto const full = std::count_if(steps.begin(), steps.end(), [&](double lasted) { return lasted == static_cast<double>(horizon); });
  return static_cast<double>(full) / static_cast<double>(steps.size());
}

Evaluation evaluate(Context& context, Config const& config, Grid const& grid, Decisions const& decisions) {
  Evaluation evaluation;
  if (config.episodes == 0) return evaluation;
  Fishery const fishery(config);
  using Form = FixedRule::Form;
  auto const add = [&](std::string name, FixedRule const& rule) { evaluation.policies.push_back(evaluate_rule(context, config, fishery, std::move(name), rule)); };
  if (config.settings > 0) {
    evaluation.mortality = search(context, config, fishery, Form::mortality, config.most_mortality);
    auto rule = evaluation.mortality.best;
    add("constant_mortality", rule);
    for (auto& setting : rule.setting) setting *= config.cautious;
    add("cautious_mortality", rule);
    evaluation.escapement = search(context, config, fishery, Form::escapement, config.most_escapement);
    add("constant_escapement", evaluation.escapement.best);
  }
  for (std::size_t m = 0; m < config.mortalities.size(); ++m) {
    add(fmt::format("mortality_{}", m), {Form::mortality, {config.mortalities[m][0], config.mortalities[m][1]}});
  }
  evaluation.policies.push_back(evaluate_decisions(context, config, fishery, grid, decisions));
  return evaluation;
}

}  // namespace bellshard::three_species_fishery
