#include "jobs/three_species_fishery/config.hpp"

#include <fmt/format.h>

namespace bellshard::three_species_fishery {
namespace {

constexpr char const* kinds[] = {"one_species", "one_fishery", "two_fisheries", "drifting"};

}  // namespace

void Config::declare(Keys& keys) {
  keys.table("model", "species, who eats whom and who is harvested");
  keys.choice("model.kind", kind,
              {{kinds[0], Kind::one_species}, {kinds[1], Kind::one_fishery}, {kinds[2], Kind::two_fisheries}, {kinds[3], Kind::drifting}},
              "models 1 to 4: X alone; X, Y and their predator Z with X harvested; with X and Y harvested; the last one with a growth of X that falls");
  keys.table("grid", "nodes of the biomass of each species; one lies at the threshold, the distances above it grow geometrically");
  auto const three = [&] {
    keys.real("model.growth_y", growth_y, "growth of Y in a step").range(0, 10);
    keys.real("model.capacity_y", capacity_y, "biomass of Y at which it grows no more").range(0, 1e6, Border::open);
    keys.real("model.predation", predation, "most that a unit of Z eats of X in a step").range(0, 10);
    keys.real("model.preference", preference, "what it eats of Y, relative to X").range(0, 10);
    keys.real("model.competition", competition, "loss of X and of Y for each unit of X Y").range(0, 10);
    keys.real("model.conversion", conversion, "growth of Z for each unit of its prey").range(0, 10);
    keys.real("model.mortality", mortality, "share of Z that dies in a step").range(0, 1);
    keys.reals("model.noise", noise, "standard deviations of the noise of X, Y and Z, relative to each").range(0, 1);
    keys.reals("model.start", start, "biomass of X, Y and Z at the start").range(0, 1e6);
    keys.integer("grid.x", nodes_x, "nodes of X").range(4, 20000, Border::closed, Border::closed, "a run of four neighbours is the least that is swept").unit("count");
    keys.integer("grid.y", nodes_y, "nodes of Y").range(4, 20000).unit("count");
    keys.integer("grid.z", nodes_z, "nodes of Z").range(4, 20000).unit("count");
    keys.real("grid.upper_y", upper_y, "last node of Y; what lies above counts as that").range(0, 1e6, Border::open);
    keys.real("grid.upper_z", upper_z, "last node of Z").range(0, 1e6, Border::open);
    keys.real("grid.stretch_y", stretch_y, "last distance of nodes of Y, relative to the first above the threshold").range(1, 1e4);
    keys.real("grid.stretch_z", stretch_z, "the same for Z").range(1, 1e4);
  };
  keys.variant("model.kind", kinds[0], "X alone", [&] {
    keys.real("model.predation", predation_alone, "most that is eaten of X in a step").range(0, 10);
    keys.reals("model.noise", noise_alone, "standard deviation of the noise of X, relative to it").range(0, 1);
    keys.reals("model.start", start_alone, "biomass of X at the start").range(0, 1e6);
    keys.integer("grid.x", nodes_alone, "nodes of X").range(4, 1e7).unit("count");
  });
  keys.variant("model.kind", kinds[1], "X is harvested", three);
  keys.variant("model.kind", kinds[2], "X and Y are harvested", three);
  keys.variant("model.kind", kinds[3], "X and Y are harvested, and X grows less from step to step", [&] {
    three();
    keys.real("model.drift", drift, "share of its growth that X loses within model.drift_steps").range(0, 10);
    keys.real("model.drift_steps", drift_steps, "steps of that loss").range(0, 1e9, Border::open).unit("count");
    keys.real("model.drift_least", drift_least, "share of the growth of X that stays").range(0, 1);
  });
  keys.real("model.growth_x", growth_x, "growth of X in a step").range(0, 10);
  keys.real("model.capacity_x", capacity_x, "biomass of X at which it grows no more").range(0, 1e6, Border::open);
  keys.real("model.half_saturation", half_saturation, "biomass of prey at which a predator eats half of its most").range(0, 1e6, Border::open);
  keys.real("model.start_deviation", start_deviation, "standard deviation of the biomass at the start").range(0, 1e6);
  keys.real("model.threshold", threshold, "biomass at or below which a species is lost, and the episode over").range(0, 1e6, Border::open);
  keys.real("model.penalty", penalty, "reward that is lost when a species is lost in step t = 0, 1, ...: this over t + 1").range(0, 1e9);
  keys.integer("model.horizon", horizon, "steps of an episode").range(1, 100000).unit("count");
  keys.integer("grid.below", below, "nodes below the threshold, from 0 on, of species that are harvested: what may be left of them").range(1, 1000).unit("count");
  keys.real("grid.upper_x", upper_x, "last node of X").range(0, 1e6, Border::open);
  keys.real("grid.stretch_x", stretch_x, "last distance of nodes of X, relative to the first above the threshold").range(1, 1e4);
  keys.choice("grid.precision", precision, {{"float64", Precision::float64}, {"float32", Precision::float32}}, "how values are kept between stages; sums are of float64");
  keys.table("policy", "stages whose decisions are kept, 4 bytes a node and stage; others take those of the next one that is kept");
  keys.integer("policy.every", policy_every, "keep each of so many stages").range(1, 1e6).unit("count");
  keys.integer("policy.last", policy_last, "and all of so many at the end, where decisions change fast").range(1, 1e6).unit("count");
  keys.table("evaluation", "episodes that are simulated under each policy");
  keys.integer("evaluation.episodes", episodes, "episodes of each policy; 0: no evaluation").range(0, 1e7).unit("count");
  keys.integer("evaluation.seed", seed, "of all random numbers").range(0, 4294967295.0);
  keys.integer("evaluation.settings", settings, "constant mortalities, and escapements, that are tried for each harvested species; 0: none").range(0, 1001).unit("count");
  keys.integer("evaluation.search_episodes", search_episodes, "episodes of each one that is tried").range(1, 1e6).unit("count");
  keys.real("evaluation.most_mortality", most_mortality, "they are 0 to this").range(0, 1, Border::open);
  keys.real("evaluation.most_escapement", most_escapement, "they are 0 to this").range(0, 1e6, Border::open);
  keys.real("evaluation.cautious", cautious, "the best constant mortality is evaluated reduced to this share, too").range(0, 1);
  keys.pairs("evaluation.mortalities", mortalities, "further constant mortalities of X and Y to evaluate").range(0, 1);
  keys.integer("evaluation.paths", paths, "episodes of each policy whose time series are written").range(0, 10000).unit("count");
  keys.table("output", "where it goes");
  keys.text("output.file", file, "result file, below the output folder (-o)");
  keys.flag("output.policy", write_policy, "write the decisions of all kept stages");
  keys.integer("output.compression", compression, "deflate level of values and decisions").range(0, 9);
}

void Config::check(Keys const& keys) const {
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"three_species_fishery.h5\"");
  auto const& first = alone() ? start_alone : start;
  auto const& deviations = alone() ? noise_alone : noise;
  auto const wanted = static_cast<std::size_t>(species());
  if (first.size() != wanted) keys.reject("model.start", fmt::format("model.start has {} numbers; give one for each of the {} species", first.size(), wanted));
  if (deviations.size() != wanted) keys.reject("model.noise", fmt::format("model.noise has {} numbers; give one for each of the {} species", deviations.size(), wanted));
  for (std::size_t s = 0; s < wanted; ++s) {
    if (first[s] <= threshold) {
      keys.reject("model.start", fmt::format("model.start = {} of species {} is not above model.threshold = {}: the episode would be over before its first step; start higher", first[s], "XYZ"[s], threshold));
    }
  }
  char const* const names[] = {"grid.x", "grid.y", "grid.z"};
  char const* const tops[] = {"grid.upper_x", "grid.upper_y", "grid.upper_z"};
  double const top[] = {upper_x, upper_y, upper_z};
  for (int s = 0; s < species(); ++s) {
    auto const size = nodes()[static_cast<std::size_t>(s)];
    auto const under = s < harvested() ? below : 0;
    if (top[s] <= threshold) keys.reject(tops[s], fmt::format("{} = {} is not above model.threshold = {}, which must lie within the grid; raise it", tops[s], top[s], threshold));
    if (top[s] < first[static_cast<std::size_t>(s)]) keys.reject(tops[s], fmt::format("{} = {} lies below the start of that species, {}; raise it", tops[s], top[s], first[static_cast<std::size_t>(s)]));
    if (size < under + 3) {
      keys.reject(names[s], fmt::format("{} = {} leaves {} nodes from the threshold up beside the {} below it (grid.below); give at least {}", names[s], size, size - under, under, under + 3));
    }
  }
  if (harvested() == 1) {
    for (auto const& pair : mortalities) {
      if (pair[1] != 0) keys.reject("evaluation.mortalities", fmt::format("evaluation.mortalities names a mortality of Y, {}; only X is harvested in model.kind = \"{}\": write 0", pair[1], kinds[static_cast<int>(kind)]));
    }
  }
}

}  // namespace bellshard::three_species_fishery
