#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "jobs/value_iteration/model_names.hpp"
#include "jobs/value_iteration/model_result.hpp"
#include "jobs/value_iteration/runs.hpp"
#include "jobs/value_iteration/start.hpp"
#include "src/dist/reduce.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/record.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::value_iteration {
namespace {

using mdp::CriterionKind::average_reward;
using mdp::CriterionKind::discounted;
using mdp::CriterionKind::finite_horizon;

std::unique_ptr<mdp::Source> open_model(Context& context, Config const& config) {
  return config.model.kinds.at(config.model.kind)->make(context);
}

bool has_target(mdp::Criterion const& criterion) {
  return criterion.kind != discounted && criterion.kind != finite_horizon && criterion.kind != average_reward;
}

/// The predicates of the job file, answered for the own states.
mdp::Question ask(Context& context, Config const& config, mdp::Source const& source, Block own) {
  auto const& asked = config.criterion;
  mdp::Question question;
  question.criterion = criterion_of(config);
  if (has_target(question.criterion)) {
    bool const named = !asked.target.empty();
    if (!named && !source.has_label("target")) {
      fail(ExitCode::bad_job_file, "criterion.target is missing, and the model has no label target: name the states to meet, for example "
                                   "criterion.target = \"goal\" (discounted, average_reward and finite_horizon need none)");
    }
    question.target = source.where(context.comm(), own, named ? asked.target : "target");
    auto const met = sum_over_ranks(context.comm(), static_cast<std::int64_t>(std::count(question.target.begin(), question.target.end(), 1)));
    if (met == 0) context.log().warn("criterion.target = \"{}\" holds in no state", named ? asked.target : "target");
  }
  if (!asked.avoid.empty()) {
    question.allowed = source.where(context.comm(), own, asked.avoid);
    for (auto& flag : question.allowed) flag = flag == 0;
  }
  if (!asked.terminal.empty()) question.terminal = source.coordinate(context.comm(), own, asked.terminal);
  return question;
}

mdp::Rows read_rows(Context& context, Config const& config, mdp::Source const& source, Block own) {
  bool const ones = config.criterion.reward == "1";
  auto rows = source.rows(context.comm(), own, ones ? "" : config.criterion.reward);
  if (ones) std::fill(rows.reward.begin(), rows.reward.end(), 1.0);
  return rows;
}

mdp::SolverOptions solver_options(Config const& config) {
  mdp::SolverOptions options;
  options.method = config.solver.method;
  options.tolerance = config.solver.tolerance;
  options.inner_sweeps = config.solver.inner_sweeps;
  options.relaxation = config.solver.relaxation;
  options.linear = config.solver.linear;
  return options;
}

std::unique_ptr<mdp::Problem> set_up(Context& context, Config const& config, mdp::Source const& source, Partition const& states) {
  auto const own = states.block(context.rank());
  auto question = ask(context, config, source, own);
  auto const& criterion = question.criterion;
  if (!has_target(criterion) && criterion.kind != average_reward && config.criterion.reward != "1") {
    if (auto op = source.matrix_free(context.comm(), states, criterion.objective, criterion.discount)) {
      return mdp::make_problem(std::move(op), std::move(question), solver_options(config));
    }
  }
  auto rows = read_rows(context, config, source, own);
  context.log().info("{} transitions of {} pairs of state and action", sum_over_ranks(context.comm(), rows.transitions()),
                     sum_over_ranks(context.comm(), rows.pairs()));
  return mdp::make_problem(context.comm(), states, std::move(rows), std::move(question), solver_options(config));
}

/// Time of a sweep against ranks: what is counted, what was timed here, and a network as assumed.
void forecast_sweeps(Context& context, mdp::Source const& source, Estimate& estimate) {
  constexpr double latency = 2e-6, bandwidth = 10e9;  // [s], [bytes/s]
  int const most = context.options().forecast_ranks;
  if (most == 0) return;
  std::vector<int> counts;
  for (int ranks = 1; ranks < most; ranks *= 2) counts.push_back(ranks);
  counts.push_back(most);
  auto const forecasts = source.forecast(context.comm(), counts);
  if (forecasts.empty()) return;
  auto const& whole = forecasts.front();
  estimate.forecast = {fmt::format("a state: 16 bytes, {:.3g} transitions of 2 flops and what makes them; {:.3g} ns, timed here",
                                   whole.transitions / whole.states, 1e9 * whole.seconds_a_state),
                       fmt::format("the network, as assumed: {:.0f} us a message, {:.0f} GB/s a rank", 1e6 * latency, 1e-9 * bandwidth),
                       fmt::format("{:>8} {:>11} = {:>11} for {:>9} + {:>11} for {:>9} in {:>8} + {:>11}", "ranks", "seconds", "seconds", "states", "seconds",
                                   "bytes", "messages", "agreeing")};
  for (auto const& shard : forecasts) {
    double const bytes = 8 * shard.items_received;
    double const exchange = shard.messages * latency + bytes / bandwidth;
    double const agreement = std::ceil(std::log2(shard.ranks)) * latency;
    double const compute = shard.states * shard.seconds_a_state;
    estimate.forecast.push_back(fmt::format("{:>8} {:>11.3g} = {:>11.3g} for {:>9.3g} + {:>11.2g} for {:>9.3g} in {:>8.0f} + {:>11.2g}", shard.ranks,
                                            compute + exchange + agreement, compute, shard.states, exchange, bytes, shard.messages, agreement));
  }
}

/// What a rank needs while it sweeps, by the arrays that the method makes.
std::vector<MemoryItem> memory_of(Config const& config, double states) {
  using mdp::Method;
  auto const kind = config.criterion.kind;
  auto const method = config.solver.method;
  bool const solves = method == Method::automatic || method == Method::inexact_policy_iteration;
  bool const gmres = config.solver.linear == mdp::LinearMethod::gmres;
  bool const horizon = kind == CriterionKind::finite_horizon || kind == CriterionKind::bounded_reachability;
  bool const steps = kind != CriterionKind::discounted && !horizon;
  std::vector<MemoryItem> memory{{"values, two stages", 16 * states}, {"actions", 4 * states}};
  if (horizon) memory.push_back({"plan of all stages", 12 * static_cast<double>(config.criterion.horizon) * states});
  if (solves && !horizon) memory.push_back({"linear solver", (gmres ? 32 : 8) * 8 * states});
  if (steps) memory.push_back({"expected steps, for the proof, and their linear solver", (20 + 64) * states});
  memory.push_back({"labels where they are asked for", states});
  memory.push_back({"staging of files", 256.0 * (1 << 20)});
  return memory;
}

}  // namespace

Estimate estimate_model(Context& context, Config const& config) {
  auto const source = open_model(context, config);
  auto const partition = source->partition(context.comm());
  std::int64_t most = 0;
  for (int part = 0; part < partition.parts(); ++part) most = std::max(most, partition.block(part).size());
  double const states = static_cast<double>(most);
  Estimate estimate;
  estimate.facts = {{"model", source->description()},
                    {"states", fmt::format("{}", source->states())},
                    {"states of the fullest rank", fmt::format("{}", most)}};
  estimate.memory = memory_of(config, states);
  forecast_sweeps(context, *source, estimate);
  return estimate;
}

ExitCode run_model(Context& context, Keys const& keys, Config const& config) {
  if (context.options().verify) {
    fail(ExitCode::bad_command_line, "--verify repeats the proof of rasters alone; drop it: the bounds of other models were checked by sweeps when they were made");
  }
  auto const source = open_model(context, config);
  auto const states = source->partition(context.comm());
  context.log().info("{}: {} states on {} ranks", source->description(), source->states(), context.ranks());
  check_names(context, *source, states, config);
  auto const problem = set_up(context, config, *source, states);
  context.log().info("{}", problem->description());
  if (!config.solver.start.empty()) start_from_result(context, config.solver.start, states, *problem);

  auto inputs = config.model.kinds.at(config.model.kind)->inputs();
  if (!config.solver.start.empty()) inputs.push_back(config.solver.start);
  auto const record = make_record(context, "value_iteration", "optimal values of " + source->description(), inputs);
  DriveOptions options;
  options.output = context.options().output_dir / config.output.file;
  options.fingerprint = problem_text(keys, keys.find("solver.method").value_toml, record);
  options.max_sweeps = config.solver.max_sweeps;
  options.residual_name = "largest change of a value in a sweep";
  auto driven = drive(context, problem->step(), record, options);
  if (driven.outcome == Outcome::stopped) {
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

  auto const answer = problem->answer();
  bool const converged = answer.proven && answer.width <= config.solver.tolerance;
  if (converged && driven.outcome == Outcome::sweep_limit) driven.outcome = Outcome::finished;  // the last sweep's work was enough
  write_model_result(context, *source, states, answer, config, record, driven);
  auto code = driven.exit_code();
  if (code != ExitCode::stopped_early) code = converged ? ExitCode::done : ExitCode::not_converged;
  if (code == ExitCode::not_converged) {
    context.log().warn("not converged: the proven width is {:.3g}; {}", answer.width,
                       driven.outcome == Outcome::sweep_limit ? "raise solver.max_sweeps and run again, it goes on from the checkpoint"
                                                              : "rounding allows no narrower proof, so raise solver.tolerance");
  }
  if (code == ExitCode::done) discard_checkpoints(context, options);
  context.log().info("{}; proven width {:.3g}", summary_line(driven, options.output), answer.width);
  return code;
}

}  // namespace bellshard::value_iteration
