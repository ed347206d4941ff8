#include "jobs/robust_offline/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace bellshard::robust_offline {
namespace {

std::vector<std::pair<std::string, Algorithm>> const algorithms{{"pevi", Algorithm::pevi},         {"r2pvi_tv", Algorithm::r2pvi_tv}, {"r2pvi_kl", Algorithm::r2pvi_kl},
                                                                {"r2pvi_chi2", Algorithm::r2pvi_chi2}, {"drpvi", Algorithm::drpvi},   {"drvi_l", Algorithm::drvi_l}};

auto find_algorithm(std::string const& name) {
  return std::find_if(algorithms.begin(), algorithms.end(), [&](auto const& known) { return known.first == name; });
}

}  // namespace

bool takes_lambda(Algorithm algorithm) { return algorithm == Algorithm::r2pvi_tv || algorithm == Algorithm::r2pvi_kl || algorithm == Algorithm::r2pvi_chi2; }
bool takes_rho(Algorithm algorithm) { return algorithm == Algorithm::drpvi || algorithm == Algorithm::drvi_l; }

std::vector<Method> Config::methods() const {
  std::vector<Method> all;
  for (auto const& name : names) {
    auto const algorithm = find_algorithm(name)->second;
    if (takes_lambda(algorithm)) for (double const x : lambda) all.push_back({algorithm, x, fmt::format("{} lambda={}", name, x)});
    else if (takes_rho(algorithm)) for (double const x : rho) all.push_back({algorithm, x, fmt::format("{} rho={}", name, x)});
    else all.push_back({algorithm, 0, name});
  }
  return all;
}

void Config::declare(Keys& keys) {
  keys.table("world", "what is decided about: features, known rewards, and what tests move");
  keys.choice("world.kind", world, {{"linear_walk", WorldKind::linear_walk}, {"american_put", WorldKind::american_put}, {"table", WorldKind::table}}, "the world that the data come from");
  keys.variant("world.kind", "linear_walk", "five states in three steps, sixteen actions, four features", [&] {
    keys.real("world.xi", xi, "how far actions move the probability to arrive").range(0, 0.3);
    keys.real("world.delta", delta, "that probability in the middle").range(0.3, 0.7);
    keys.reals("world.perturbations", walk_shares, "tests: share of the arrivals of the first step that fall").range(0, 1);
  });
  keys.variant("world.kind", "american_put", "hold a put option on a binomial walk, or exercise it", [&] {
    keys.integer("world.horizon", put_horizon, "steps, each up by 2 % or down by 2 %").range(1, 1000).unit("count");
    keys.real("world.strike", strike, "price at which the option sells").range(0, 1e6, Border::open);
    keys.real("world.start_low", start_low, "least first price of a replication").range(0, 1e6, Border::open);
    keys.real("world.start_high", start_high, "greatest first price of a replication").range(0, 1e6, Border::open);
    keys.real("world.test_start", test_start, "first price of the tests").range(0, 1e6, Border::open);
    keys.integer("world.factors", put_factors, "tents, the features of holding").range(1, 100).unit("count");
    keys.real("world.tents_from", put_low, "price under the first tent").range(0, 1e6);
    keys.real("world.tents_span", put_span, "prices that the tents share").range(0, 1e6, Border::open);
    keys.reals("world.perturbations", put_ups, "tests: probability of a step up; 0.5 in the data").range(0, 1);
  });
  keys.variant("world.kind", "table", "your own finite states, with their features in a file", [&] {
    keys.file("world.file", table_file, "HDF5: feature [state, action, factor], theta [stage, factor]").required().example("\"features.h5\"");
  });

  keys.table("data", "offline trajectories");
  keys.choice("data.source", source, {{"generated", DataSource::generated}, {"file", DataSource::file}}, "drawn from the world, or read");
  keys.variant("data.source", "generated", "drawn from the nominal world, actions at random (linear_walk) or never an exercise (american_put)", [&] {
    keys.integer("data.trajectories", trajectories, "of a replication").range(1, 1e9).unit("count");
    keys.integer("data.replications", replications, "data sets").range(1, 1e6).unit("count");
    keys.integer("data.seed", seed, "of all draws").range(0, 4294967295.0);
    keys.flag("output.data", save_data, "write the data too: /results/S, A and R, which data.file reads again");
  });
  keys.variant("data.source", "file", "S [trajectory, step + 1], A and R [trajectory, step] of an HDF5 file", [&] {
    keys.file("data.file", data_file, "trajectories, at the root or below /results").required().example("\"offline.h5\"");
    keys.integer("data.replications", file_replications, "equal parts of the file, each a data set of its own").range(1, 1e6).unit("count");
  });

  keys.table("algorithm", "how policies are found");
  keys.texts("algorithm.names", names, "pevi, r2pvi_tv, r2pvi_kl, r2pvi_chi2, drpvi, drvi_l");
  keys.reals("algorithm.lambda", lambda, "weights of the distance from the nominal model: r2pvi_*").range(0, 1e9, Border::open);
  keys.reals("algorithm.rho", rho, "radii around it: drpvi (total variation), drvi_l (Kullback-Leibler)").range(0, 1e9, Border::open);
  keys.real("algorithm.beta", beta, "weight of the bonus that is taken off").range(0, 1e9);
  keys.real("algorithm.ridge", ridge, "added to the diagonal of the Gram matrices").range(0, 1e9, Border::open);
  keys.real("algorithm.largest_value", most, "end of the searches; 0: the horizon").range(0, 1e9);
  keys.real("algorithm.coolest", coolest, "least temperature that drvi_l searches; 0: a twentieth of the horizon").range(0, 1e9);
  keys.choice("parallel.over", sharing, {{"automatic", Sharing::automatic}, {"replications", Sharing::replications}, {"rows", Sharing::rows}},
              "what ranks share: whole replications, or the rows of each; the results are the same");
  keys.table("parallel", "work of the ranks; changes no result");
  keys.table("output", "where it goes");
  keys.text("output.file", file, "result file, below the output folder (-o)");
  keys.flag("output.inverse", save_inverse, "write the inverse Gram matrices too");
}

void Config::check(Keys const& keys) const {
  std::set<std::string> seen;
  if (names.empty()) keys.reject("algorithm.names", "algorithm.names is empty; name at least one, for example [\"r2pvi_tv\"]");
  for (auto const& name : names) {
    if (find_algorithm(name) == algorithms.end()) keys.reject("algorithm.names", fmt::format("algorithm.names has \"{}\", which is none of pevi, r2pvi_tv, r2pvi_kl, r2pvi_chi2, drpvi, drvi_l", name));
    if (!seen.insert(name).second) keys.reject("algorithm.names", fmt::format("algorithm.names has \"{}\" twice; keep one", name));
    if (takes_lambda(find_algorithm(name)->second) && lambda.empty()) keys.reject("algorithm.lambda", fmt::format("algorithm.lambda is empty, and {} needs one; give it a weight", name));
    if (takes_rho(find_algorithm(name)->second) && rho.empty()) keys.reject("algorithm.rho", fmt::format("algorithm.rho is empty, and {} needs one; give it a radius", name));
  }
  if (world == WorldKind::table && source == DataSource::generated) keys.reject("data.source", "data.source = \"generated\" with world.kind = \"table\": nothing says how to draw them; read them, data.source = \"file\"");
  if (world == WorldKind::american_put && start_low > start_high) keys.reject("world.start_low", fmt::format("world.start_low = {} is above world.start_high = {}; swap them", start_low, start_high));
  if (world == WorldKind::linear_walk && (delta - xi < 0 || delta + xi > 1)) keys.reject("world.xi", fmt::format("world.delta = {} and world.xi = {} make probabilities outside 0 to 1; lower world.xi", delta, xi));
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"robust_offline.h5\"");
}

}  // namespace bellshard::robust_offline
