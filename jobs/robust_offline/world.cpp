#include "jobs/robust_offline/world.hpp"

#include <algorithm>
#include <cmath>

#include "io/hdf5/input_file.hpp"
#include "kernels/host_copy.hpp"

namespace bellshard::robust_offline {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

void put_features(World& world, std::int64_t actions) {
  world.features.kind = dp::FeatureMap::Kind::table;
  world.features.actions = static_cast<std::int32_t>(actions);
  world.features.table = to_device(world.feature, "bellshard::robust_offline::features");
  world.places = world.states;
  for (std::int64_t h = 0; h < world.horizon; ++h)
    for (std::int64_t s = 0; s < world.states; ++s) world.place.push_back(static_cast<double>(s));
}

/// States x1 .. x5 are 0 .. 4: three on the way, the fallen one, the arrived one. Bit i of an action is the sign of its component i.
void make_walk(World& world, Config const& config) {
  world.horizon = 3, world.factors = 4, world.states = 5;
  world.feature.assign(5 * 16 * 4, 0);
  for (int a = 0; a < 16; ++a) {
    int sum = 0;
    for (int i = 0; i < 4; ++i) sum += a >> i & 1 ? 1 : -1;
    double const p = config.delta + config.xi / 4 * sum;
    for (std::int64_t s = 0; s < 3; ++s) world.feature[at((s * 16 + a) * 4 + s)] = 1 - p, world.feature[at((s * 16 + a) * 4 + 3)] = p;
    world.feature[at((3 * 16 + a) * 4 + 2)] = world.feature[at((4 * 16 + a) * 4 + 3)] = 1;
  }
  world.theta.assign(12, 0);
  world.theta[4 + 3] = world.theta[8 + 3] = 1;
  world.perturbation = config.walk_shares;
  world.perturbation_name = "share of the arrivals of the first step that fall";
  put_features(world, 16);
}

void make_put(World& world, Config const& config) {
  world.horizon = config.put_horizon, world.factors = config.put_factors, world.strike = config.strike;
  world.features.kind = dp::FeatureMap::Kind::tents;
  world.features.low = config.put_low;
  world.features.step = config.put_span / static_cast<double>(config.put_factors);
  world.theta.assign(at(world.horizon * world.factors), 0);
  world.perturbation = config.put_ups;
  world.perturbation_name = "probability of a step up";
  for (std::int64_t k = 0; k <= world.horizon; ++k) world.ups.push_back(std::pow(1.02, static_cast<double>(k))), world.downs.push_back(std::pow(0.98, static_cast<double>(k)));
  world.places = world.horizon;
  for (std::int64_t h = 0; h < world.horizon; ++h)
    for (std::int64_t ups = 0; ups < world.horizon; ++ups) world.place.push_back(ups <= h ? world.price(config.test_start, h, ups) : -1);
}

void read_table(World& world, Context& context, Config const& config) {
  io::InputFile const file(context.comm(), config.table_file);
  auto const name = config.table_file.string();
  for (auto const* dataset : {"feature", "theta"}) BELLSHARD_INPUT(file.has(dataset), "{}: has no /{}; a table of features has feature [state, action, factor] and theta [stage, factor]", name, dataset);
  auto const shape = file.shape("feature"), stages = file.shape("theta");
  BELLSHARD_INPUT(shape.size() == 3 && shape[0] * shape[1] * shape[2] > 0, "{}:/feature has {} axes; it must have three, [state, action, factor], none empty", name, shape.size());
  BELLSHARD_INPUT(stages.size() == 2 && stages[0] > 0 && stages[1] == shape[2], "{}:/theta must be [stage, factor] with the {} factors of /feature", name, shape[2]);
  BELLSHARD_INPUT(shape[2] <= 100, "{}:/feature has {} factors (at most 100: each stage inverts a dense matrix of them); use fewer", name, shape[2]);
  world.states = shape[0], world.factors = shape[2], world.horizon = stages[0];
  world.feature = file.read_all<double>("feature");
  world.theta = file.read_all<double>("theta");
  auto const expect_finite = [&](std::vector<double> const& numbers, char const* dataset) {
    for (std::size_t k = 0; k < numbers.size(); ++k) BELLSHARD_INPUT(std::isfinite(numbers[k]), "{}:/{}: number {} is {}, not finite; repair the file", name, dataset, k, numbers[k]);
  };
  expect_finite(world.feature, "feature");
  expect_finite(world.theta, "theta");
  put_features(world, shape[1]);
}

}  // namespace

World make_world(Context& context, Config const& config) {
  World world;
  world.kind = config.world;
  if (config.world == WorldKind::linear_walk) make_walk(world, config);
  if (config.world == WorldKind::american_put) make_put(world, config);
  if (config.world == WorldKind::table) read_table(world, context, config);
  world.features.factors = static_cast<std::int32_t>(world.factors);
  return world;
}

std::vector<double> World::next_states(std::int64_t stage, double share) const {
  std::vector<double> next(20, 0);
  next[1] = stage == 0 ? 0.999 : 1;  // x1 goes on to x2, or falls
  next[3] = stage == 0 ? 0.001 : 0;
  next[5 + 2] = next[10 + 3] = 1;    // x2 to x3; what fell stays fallen
  next[15 + 4] = stage == 0 ? 1 - share : 1;
  next[15 + 3] = stage == 0 ? share : 0;
  return next;
}

namespace {

/// Backward over the stages. choose(stage, state, values of the actions) says which action counts.
template <class Choose>
double walk_value(World const& world, double share, Choose const& choose) {
  std::vector<double> later(5, 0);
  for (auto h = world.horizon - 1; h >= 0; --h) {
    auto const next = world.next_states(h, share);
    std::vector<double> now(5);
    for (std::int64_t s = 0; s < 5; ++s) {
      std::vector<double> q(16, 0);
      for (std::int64_t a = 0; a < 16; ++a)
        for (std::int64_t i = 0; i < 4; ++i) {
          double worth = world.theta[at(h * 4 + i)];
          for (std::int64_t t = 0; t < 5; ++t) worth += next[at(i * 5 + t)] * later[at(t)];
          q[at(a)] += world.feature[at((s * 16 + a) * 4 + i)] * worth;
        }
      now[at(s)] = q[at(choose(h, s, q))];
    }
    later = now;
  }
  return later[0];
}

/// The same on the tree of prices; choose(stage, node, worth of holding, of exercising) says whether it is exercised.
template <class Choose>
double put_value(World const& world, double up, Choose const& choose) {
  std::vector<double> later(at(world.horizon + 1), 0);
  for (auto h = world.horizon - 1; h >= 0; --h)
    for (std::int64_t ups = 0; ups <= h; ++ups) {
      double const hold = up * later[at(ups + 1)] + (1 - up) * later[at(ups)];
      double const paid = std::fmax(0, world.strike - world.place[at(h * world.places + ups)]);
      later[at(ups)] = choose(h, ups, hold, paid) ? paid : hold;
    }
  return later[0];
}

}  // namespace

double World::evaluate(Policy const& policy, double moved) const {
  auto const action = [&](std::int64_t h, std::int64_t place) { return policy[at(h * places + place)]; };
  if (kind == WorldKind::linear_walk) return walk_value(*this, moved, [&](std::int64_t h, std::int64_t s, std::vector<double> const&) { return action(h, s); });
  return put_value(*this, moved, [&](std::int64_t h, std::int64_t ups, double, double) { return action(h, ups) == 1; });
}

double World::optimum(double moved) const {
  if (kind == WorldKind::linear_walk)
    return walk_value(*this, moved, [](std::int64_t, std::int64_t, std::vector<double> const& q) { return std::max_element(q.begin(), q.end()) - q.begin(); });
  return put_value(*this, moved, [](std::int64_t, std::int64_t, double hold, double paid) { return paid > hold; });
}

}  // namespace bellshard::robust_offline
