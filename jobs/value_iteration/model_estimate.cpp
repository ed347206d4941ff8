// What `bellshard check` says of a model that is no raster.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "jobs/value_iteration/model_rows.hpp"
#include "jobs/value_iteration/runs.hpp"
#include "src/mdp/source.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::value_iteration {
namespace {

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
std::vector<MemoryItem> memory_of(Config const& config, Config::Criterion const& criterion, double states) {
  using mdp::Method;
  auto const kind = criterion.kind;
  auto const method = config.solver.method;
  bool const solves = method == Method::automatic || method == Method::inexact_policy_iteration;
  bool const gmres = config.solver.linear == mdp::LinearMethod::gmres;
  bool const horizon = kind == CriterionKind::finite_horizon || kind == CriterionKind::bounded_reachability;
  bool const steps = kind != CriterionKind::discounted && !horizon;
  std::vector<MemoryItem> memory{{"values, two stages", 16 * states}, {"actions", 4 * states}};
  if (horizon) memory.push_back({"plan of all stages", 12 * static_cast<double>(criterion.horizon) * states});
  if (solves && !horizon) memory.push_back({"linear solver", (gmres ? 32 : 8) * 8 * states});
  if (method == Method::anderson && !horizon) memory.push_back({"earlier sweeps", 16 * static_cast<double>(config.solver.anderson_memory) * states});
  if (steps) memory.push_back({"expected steps, for the proof, and their linear solver", (20 + 64) * states});
  if (!criterion.constraint.empty()) memory.push_back({"two policies of the constraint, their evaluation", 40 * states});
  memory.push_back({"labels where they are asked for", states});
  memory.push_back({"staging of files", 256.0 * (1 << 20)});
  return memory;
}

double sum(std::vector<MemoryItem> const& items) {
  double total = 0;
  for (auto const& item : items) total += item.bytes;
  return total;
}

/// Criteria are solved in turn: the one that needs most counts.
std::vector<MemoryItem> most_memory_of(Config const& config, double states) {
  std::vector<MemoryItem> most;
  for (auto const& asked : asked_of(config)) {
    auto memory = memory_of(config, asked.criterion, states);
    if (sum(memory) > sum(most)) most = std::move(memory);
  }
  return most;
}

/// The rows of a model file, in memory or in their parts.
void add_rows(Context& context, Config const& config, mdp::Source const& source, Partition const& partition, Estimate& estimate) {
  double bytes = 0;
  bool in_file = false;
  for (auto const& asked : asked_of(config)) {
    auto const plan = plan_rows(context, config, asked, source, partition);
    bytes = std::max(bytes, plan.bytes);
    in_file = in_file || plan.in_file;
  }
  if (bytes == 0) return;
  double const limit = config.solver.memory_limit * std::pow(2.0, 30);
  estimate.facts.emplace_back("rows of the fullest rank", fmt::format("{}, {}", human_bytes(bytes), in_file ? "more than solver.memory_limit: they stay in the file"
                                                                                                         : "in memory"));
  estimate.memory.push_back({in_file ? "rows at hand (solver.memory_limit)" : "rows of the model, while they are packed", in_file ? limit : bytes});
}

}  // namespace

std::unique_ptr<mdp::Source> open_model(Context& context, Config const& config) {
  return config.model.kinds.at(config.model.kind)->make(context);
}

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
  if (!config.criteria.empty()) estimate.facts.emplace_back("criteria, solved in turn", fmt::format("{}", config.criteria.size()));
  estimate.memory = most_memory_of(config, states);
  add_rows(context, config, *source, partition, estimate);
  forecast_sweeps(context, *source, estimate);
  return estimate;
}

}  // namespace bellshard::value_iteration
