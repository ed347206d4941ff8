#include "jobs/value_iteration/model_result.hpp"

#include <fmt/ranges.h>

#include <algorithm>

#include "src/dist/gather.hpp"

namespace bellshard::value_iteration {
namespace {

/// One field at some of the own states.
std::vector<double> pick(io::ShardedArray const& field, std::vector<std::int64_t> const& items) {
  std::vector<double> picked;
  for (auto item : items) {
    double value = 0;
    field.fetch({item, item + 1}, &value);
    picked.push_back(value);
  }
  return picked;
}

io::ShardedArray const& field_named(mdp::Answer const& answer, std::string const& name) {
  return *std::find_if(answer.fields.begin(), answer.fields.end(), [&](auto const& field) { return field.name == name; });
}

}  // namespace

bool is_converged(mdp::Answer const& answer, Config const& config) { return answer.proven && answer.width <= config.solver.tolerance; }

ModelResult::ModelResult(Context& context, mdp::Source const& source, Partition const& states, Config const& config,
                         io::RunRecord const& described)
    : context_(context),
      source_(source),
      states_(states),
      config_(config),
      own_(states.block(context.rank())),
      out_(context.comm(), context.options().output_dir / config.output.file, described),
      names_(context, source, states, config, out_) {
  for (auto const& asked : asked_of(config)) names_.reserve(asked.name);
  find_initial();
}

/// The axis of the initial states, where paths start.
void ModelResult::find_initial() {
  auto const flags = source_.initial(context_.comm(), own_);
  for (std::size_t s = 0; s < flags.size(); ++s) {
    if (flags[s] != 0) initial_.push_back(own_.begin + static_cast<std::int64_t>(s));
  }
  auto const all = gather_from_ranks(context_.comm(), std::vector<double>(initial_.begin(), initial_.end()));
  if (!all.empty()) initial_axis_ = out_.axis("initial_state", all, io::Unit{"1"}, "index of an initial state");
}

/// The answer where paths start: value, lower and upper over initial_state.
void ModelResult::write_initial(mdp::Answer const& answer) {
  if (initial_axis_.size == 0) return;
  double shown[3] = {};
  int k = 0;
  for (auto const& [name, field, long_name] : {std::tuple{"initial_value", "value", "value of the initial state"},
                                               std::tuple{"initial_lower", "lower", "proven lower bound of the initial state's value"},
                                               std::tuple{"initial_upper", "upper", "proven upper bound of the initial state's value"}}) {
    auto const values = gather_from_ranks(context_.comm(), pick(field_named(answer, field), initial_));
    auto const n = static_cast<std::int64_t>(values.size());
    auto const part = context_.root() ? Block{0, n} : Block{n, n};
    out_.write(name, {initial_axis_}, part, std::span<double const>(values.data(), static_cast<std::size_t>(part.size())), io::Unit{"1"}, long_name);
    shown[k++] = values.front();
  }
  if (initial_axis_.size == 1) context_.log().info("initial state: {:.12g} in [{:.12g}, {:.12g}]", shown[0], shown[1], shown[2]);
}

void ModelResult::write(Asked const& asked, mdp::Answer const& answer, DriveResult const& driven) {
  int const deflate = static_cast<int>(config_.output.compression);
  out_.enter(asked.name);
  std::vector<io::Axis> const axes{names_.state_axis()};
  std::vector<io::Axis> stage_axes;
  for (auto const& field : answer.fields) {
    names_.reserve(field.name);
    if (field.shape.size() == 2 && stage_axes.empty()) stage_axes = {axes[0], out_.axis("stage", field.shape[1], "step, from the start")};
    auto const& over = field.shape.size() == 1 ? axes : stage_axes;
    out_.write(field, over, {}, deflate);
    if (field.name == "action" || field.name == "stage_action") names_.write_action_names(field, over);
  }
  write_initial(answer);
  if (answer.policy_value && config_.output.policy_value) out_.write(answer.policy_value(), axes, {}, deflate);

  out_.write("proven_width", answer.width, io::Unit{"1"}, "max (upper - lower) / max(|value|, width_floor)");
  out_.write("width_floor", answer.floor, io::Unit{"1"}, "1e-3 of the largest |value| that sweeps decided; averages: or of the largest |reward|");
  out_.write("sweeps", driven.sweeps, io::Unit{"count"}, "sweeps of all lives of the run");
  for (auto const& [name, value] : answer.facts) {
    names_.reserve(name);
    out_.write(name, value, io::Unit{"count"}, name);
  }
  for (auto const& [name, value, long_name] : answer.numbers) {
    names_.reserve(name);
    out_.write(name, value, io::Unit{"1"}, long_name);
  }
  bool const converged = is_converged(answer, config_);
  all_converged_ = all_converged_ && converged;
  out_.attribute("status", converged ? "converged" : "not_converged");
  out_.attribute("method", mdp::to_string(config_.solver.method));
  out_.attribute("tolerance", config_.solver.tolerance);
  out_.attribute("discount", asked.criterion.discount);
  out_.attribute("objective", criterion_of(asked.criterion).objective == mdp::Objective::min ? "min" : "max");
  out_.write(driven.trace);
}

void ModelResult::commit() {
  out_.enter("");
  names_.write_labels();
  for (auto const& name : config_.output.state_variables ? source_.coordinates() : std::vector<std::string>()) {
    auto values = source_.coordinate(context_.comm(), own_, name);
    out_.write(mdp::host_field(states_, own_, std::move(values), names_.claim(name), "1", "state variable " + name), {names_.state_axis()}, {},
               static_cast<int>(config_.output.compression));
  }
  out_.write("states", states_.size(), io::Unit{"count"}, "states of the model");
  if (!config_.criteria.empty()) {
    std::vector<std::string> all;
    for (auto const& asked : asked_of(config_)) all.push_back(asked.name);
    out_.attribute("criteria", fmt::format("{}", fmt::join(all, " ")));
    out_.attribute("status", all_converged_ ? "converged" : "not_converged");
  }
  out_.commit();
}

}  // namespace bellshard::value_iteration
