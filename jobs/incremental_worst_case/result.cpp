#include "jobs/incremental_worst_case/result.hpp"

#include <cmath>

#include "io/hdf5/result_file.hpp"
#include "kernels/host_copy.hpp"
#include "src/mdp/sharded_values.hpp"

namespace bellshard::incremental_worst_case {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

std::vector<double> flat(std::vector<Parameters> const& rows) {
  std::vector<double> all;
  for (auto const& row : rows) all.insert(all.end(), row.begin(), row.end());
  return all;
}

}  // namespace

void write_result(Context& context, Config const& config, Run const& run, io::RunRecord const& record) {
  auto& grid = run.grid;
  auto const& model = grid.model();
  auto const own = grid.own();
  Work work;
  auto const nominal = grid.optimal_values(0, config.tolerance, config.chain_sweeps, work);
  auto const nominal_policy = grid.greedy(grid.price(0, nominal)), policy = grid.greedy(run.sequence.q());

  std::vector<std::string> names{"nominal", "incremental", "best_incremental"};
  std::vector<Array<std::int32_t>> policies{nominal_policy, policy, run.sequence.best_action()};
  for (auto const& one : run.robust) {
    names.push_back(one.radius == RobustIteration::whole_family ? "robust" : fmt::format("l1_{}", one.radius));
    policies.push_back(one.step->policy());
  }
  std::vector<double> curves, optimum;
  for (auto const& actions : policies)
    for (double const value : grid.evaluate(actions, run.start, config.tolerance, work)) curves.push_back(value);
  for (std::int32_t m = 0; m < model.models; ++m) optimum.push_back(grid.at_state(grid.optimal_values(m, config.tolerance, config.chain_sweeps, work), run.start));

  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  auto const once = [&](io::Axis const& axis) { return context.root() ? Block{0, axis.size} : Block{}; };
  auto const iteration = out.axis("iteration", run.sequence.size(), "place in the sequence of models");
  auto const parameter = out.axis("parameter", run.family.names(), "what tells models apart");
  auto const models = out.axis("model", model.models, "model of the family, the nominal one is 0");
  auto const which = out.axis("policy", names, "how a policy was found");
  auto const state = out.axis("state", grid.states().size(), "state index");
  out.write("model_parameter", {models, parameter}, once(models), flat(run.family.grid()), {"1"}, "parameters of the models");
  out.write("sequence_parameter", {iteration, parameter}, once(iteration), run.sequence.parameters(), {"1"}, "parameters of the model that was added");
  out.write("promised_value", {iteration}, once(iteration), run.sequence.promised(), {"1"}, "least Q of the models so far, of the policy's action in the start state");
  out.write("worst_value", {iteration}, once(iteration), run.sequence.worst(), {"1"}, "value of the policy in the start state, in its worst model");
  out.write("worst_parameter", {iteration, parameter}, once(iteration), run.sequence.found(), {"1"}, "parameters of that model");
  out.write("policy_value", {which, models}, once(which), curves, {"1"}, "value of the policy in the start state under each model");
  out.write("optimal_value", {models}, once(models), optimum, {"1"}, "value of the best policy of each model in the start state");

  auto const write_actions = [&](std::string const& name, Array<std::int32_t> const& actions, std::string const& what) {
    out.write(mdp::sharded_values(grid.states(), own, actions, 0, name, "1", what), {state});
  };
  out.write(mdp::sharded_values(grid.states(), own, nominal, model.own_first, "nominal_value", "1", "value of the best policy of the nominal model"), {state});
  write_actions("nominal_action", nominal_policy, "best action of the nominal model");
  write_actions("action", policy, "action of the last policy of the sequence");
  write_actions("best_action", run.sequence.best_action(), "action of the policy of the sequence whose worst value is greatest");
  Array<double> const least("bellshard::incremental_worst_case::least_value", at(grid.local_items()));
  dp::sweep_best("bellshard::incremental_worst_case::best_of_least", Execution(), model, dp::WorthOfPair{run.sequence.q()}, least, least);
  out.write(mdp::sharded_values(grid.states(), own, least, model.own_first, "promised", "1", "greatest over the actions of the least Q of all models of the sequence"), {state});
  for (std::size_t k = 0; k < run.robust.size(); ++k) {
    auto const& one = run.robust[k];
    bool const whole = one.radius == RobustIteration::whole_family;
    auto const name = names[3 + k];
    auto const what = whole ? std::string("rectangular robust value: the worst model for each state and action by itself") : fmt::format("robust value in L1 balls of radius {} around model {}", one.radius, config.l1_centre);
    out.write(mdp::sharded_values(grid.states(), own, one.step->values(), model.own_first, name + "_value", "1", what), {state});
    write_actions(name + "_action", policies[3 + k], "action of the policy of it");
    out.write(name + "_start_value", grid.at_state(one.step->values(), run.start), {"1"}, what + ", in the start state");
    out.write(name + "_sweeps", one.driven.sweeps, {"count"}, "its sweeps");
    out.write(name + "_seconds", one.driven.seconds, {"s"}, "its time");
    out.write(name + "_pair_updates", one.step->pair_updates(), {"count"}, "its sums over next states, of one state and action in one model");
  }
  out.write("gap", run.sequence.gap(), {"1"}, "what the last policy promises above its worst value");
  out.write("best_worst_value", run.sequence.best_worst(), {"1"}, "greatest worst value of a policy of the sequence");
  out.write("incremental_seconds", run.driven.seconds, {"s"}, "time of the sequence");
  out.write("incremental_pair_updates", run.sequence.pair_updates(), {"count"}, "sums over next states of the sequence, of one state and action in one model");
  out.write("start_state", run.start, {"1"}, "state in which values are compared");
  out.attribute("converged", run.driven.outcome == Outcome::finished ? "yes" : "no");
  out.write(run.driven.trace);
  out.commit();
}

}  // namespace bellshard::incremental_worst_case
