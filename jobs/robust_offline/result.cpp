#include "jobs/robust_offline/result.hpp"

#include "io/hdf5/result_file.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/statistics.hpp"

namespace bellshard::robust_offline {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

Tested test_policies(Context& context, World const& world, OfflineData const& data, Pessimistic const& step) {
  auto const sets = data.shares.own_sets(), H = world.horizon, places = world.places;
  auto const methods = static_cast<std::int64_t>(step.methods().size()), tests = static_cast<std::int64_t>(world.perturbation.size());
  Tested tested;
  tested.policy.resize(at(sets * methods * H * places));
  for (std::int64_t m = 0; m < methods; ++m)
    for (std::int64_t h = 0; h < H; ++h) {
      std::vector<double> asked;
      for (std::int64_t set = 0; set < sets; ++set) asked.insert(asked.end(), world.place.begin() + h * places, world.place.begin() + (h + 1) * places);
      Array<std::int32_t> const action("bellshard::robust_offline::action", asked.size());
      dp::choose_actions(Execution(), step.stage_value(at(m), h), sets, places, to_device(asked, "bellshard::robust_offline::place"), action);
      auto const chosen = to_host(action);
      for (std::int64_t set = 0; set < sets; ++set)
        for (std::int64_t p = 0; p < places; ++p) tested.policy[at(((set * methods + m) * H + h) * places + p)] = world.place[at(h * places + p)] < 0 ? -1 : chosen[at(set * places + p)];
    }
  for (std::int64_t k = 0; k < sets * methods; ++k) {
    Policy const policy(tested.policy.begin() + k * H * places, tested.policy.begin() + (k + 1) * H * places);
    for (double const moved : world.perturbation) tested.of_set.push_back(world.evaluate(policy, moved));
  }
  for (std::int64_t k = 0; k < methods * tests; ++k) {
    std::vector<double> own;
    for (std::int64_t set = 0; set < sets; ++set) own.push_back(tested.of_set[at(set * methods * tests + k)]);
    auto const found = data.shares.sharing == Sharing::rows ? statistics(own) : statistics_over_ranks(context.comm(), own);
    tested.mean.push_back(found.mean);
    tested.error.push_back(found.count > 1 ? found.standard_error() : 0);
  }
  for (double const moved : world.perturbation) tested.optimum.push_back(world.optimum(moved));
  return tested;
}

void write_result(Context& context, Config const& config, World const& world, OfflineData const& data, Pessimistic& step, Tested const& tested, io::RunRecord const& record,
                  DriveResult const& driven) {
  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  auto const& shares = data.shares;
  std::vector<std::string> labels;
  for (auto const& method : step.methods()) labels.push_back(method.label);
  auto const replication = out.axis("replication", shares.replications, "data set");
  auto const algorithm = out.axis("algorithm", labels, "algorithm and its parameter");
  auto const stage = out.axis("stage", world.horizon, "stage of the horizon, the first decision is 0");
  auto const factor = out.axis("factor", world.factors, "feature of the linear action values");
  auto const place = out.axis("place", world.places, world.states > 0 ? "state" : "steps up so far, on the tree of prices from the tests' first one");
  auto const sets = shares.sharing == Sharing::rows && !context.root() ? Block{} : shares.sets;
  auto const once = [&](io::Axis const& axis) { return context.root() ? Block{0, axis.size} : Block{}; };

  out.write(step.weights(), {replication, algorithm, stage, factor});
  if (config.save_inverse) {
    auto const other = out.axis("other_factor", world.factors, "feature of the linear action values");
    out.write(step.inverses(), {replication, stage, factor, other});
  }
  auto const named = world.strike >= 0 ? io::Flags{{-1, 0, 1}, {"no_such_place", "hold", "exercise"}} : io::Flags{};
  out.write("policy", {replication, algorithm, stage, place}, sets, tested.policy, {"1"}, "greedy action", named);
  std::vector<double> const seconds(step.seconds().begin(), step.seconds().end() - 1);
  out.write("seconds", {algorithm}, once(algorithm), seconds, {"s"}, "time of the algorithm, summed over ranks, without the Gram matrices that all share");
  out.write("gram_seconds", step.seconds().back(), {"s"}, "time of the Gram matrices and their inverses, summed over ranks");
  if (!world.perturbation.empty()) {
    auto const test = out.axis("perturbation", world.perturbation, {"1"}, world.perturbation_name);
    out.write("return", {algorithm, test}, once(algorithm), tested.mean, {"1"}, "expected return of the policy in the perturbed world, mean over replications");
    out.write("return_error", {algorithm, test}, once(algorithm), tested.error, {"1"}, "standard error of that mean");
    out.write("return_of_replication", {replication, algorithm, test}, sets, tested.of_set, {"1"}, "expected return of the policy of one data set");
    out.write("optimum", {test}, once(test), tested.optimum, {"1"}, "greatest expected return of any policy in the perturbed world");
  }
  if (config.source == DataSource::generated && config.save_data) {
    auto const rows = shares.replications * shares.trajectories;
    auto const trajectory = out.bare_axis("trajectory", rows);
    auto const step_axis = out.axis("step", world.horizon + 1, "states before each stage and after the last one");
    auto const own = Partition::equal(rows, context.ranks()).block(context.rank());
    auto const drawn = draw(world, config, own);
    out.write("S", {trajectory, step_axis}, own, drawn.state, {"1"}, "states of the offline data, replication after replication");
    out.write("A", {trajectory, stage}, own, drawn.action, {"1"}, "actions of the offline data");
    out.write("R", {trajectory, stage}, own, drawn.reward, {"1"}, "rewards of the offline data");
  }
  out.attribute("trajectories", static_cast<double>(shares.trajectories));
  out.attribute("world", config.world == WorldKind::linear_walk ? "linear_walk" : config.world == WorldKind::american_put ? "american_put" : "table");
  out.write(driven.trace);
  out.commit();
}

}  // namespace bellshard::robust_offline
