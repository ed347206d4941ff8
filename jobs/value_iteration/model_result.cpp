#include "jobs/value_iteration/model_result.hpp"

#include <algorithm>

#include "io/hdf5/result_file.hpp"
#include "jobs/value_iteration/model_names.hpp"
#include "src/dist/gather.hpp"
#include "src/mdp/problem.hpp"

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

/// The answer where paths start: initial_state with value, lower and upper.
void write_initial(Context& context, mdp::Source const& source, Block own, mdp::Answer const& answer, io::ResultFile& out) {
  auto const flags = source.initial(context.comm(), own);
  std::vector<std::int64_t> items;
  for (std::size_t s = 0; s < flags.size(); ++s) {
    if (flags[s] != 0) items.push_back(own.begin + static_cast<std::int64_t>(s));
  }
  auto const all = gather_from_ranks(context.comm(), std::vector<double>(items.begin(), items.end()));
  if (all.empty()) return;
  auto const axis = out.axis("initial_state", all, io::Unit{"1"}, "index of an initial state");
  double shown[3] = {};
  int k = 0;
  for (auto const& [name, field, long_name] : {std::tuple{"initial_value", "value", "value of the initial state"},
                                               std::tuple{"initial_lower", "lower", "proven lower bound of the initial state's value"},
                                               std::tuple{"initial_upper", "upper", "proven upper bound of the initial state's value"}}) {
    auto const values = gather_from_ranks(context.comm(), pick(field_named(answer, field), items));
    auto const n = static_cast<std::int64_t>(values.size());
    auto const part = context.root() ? Block{0, n} : Block{n, n};
    out.write(name, {axis}, part, std::span<double const>(values.data(), static_cast<std::size_t>(part.size())), io::Unit{"1"}, long_name);
    shown[k++] = values.front();
  }
  if (all.size() == 1) context.log().info("initial state: {:.12g} in [{:.12g}, {:.12g}]", shown[0], shown[1], shown[2]);
}

}  // namespace

void write_model_result(Context& context, mdp::Source const& source, Partition const& states, mdp::Answer const& answer,
                        Config const& config, io::RunRecord const& record, DriveResult const& driven) {
  auto described = record;
  described.provenance.emplace_back("restart_count", driven.restart_count);
  auto const own = states.block(context.rank());
  int const deflate = static_cast<int>(config.output.compression);
  io::ResultFile out(context.comm(), context.options().output_dir / config.output.file, described);
  ModelNames names(context, source, states, config, out);
  std::vector<io::Axis> const axes{names.state_axis()};
  std::vector<io::Axis> stage_axes;
  for (auto const& field : answer.fields) {
    names.reserve(field.name);
    if (field.shape.size() == 2 && stage_axes.empty()) stage_axes = {axes[0], out.axis("stage", field.shape[1], "step, from the start")};
    auto const& over = field.shape.size() == 1 ? axes : stage_axes;
    out.write(field, over, {}, deflate);
    if (field.name == "action" || field.name == "stage_action") names.write_action_names(field, over);
  }
  for (auto const& [name, value] : answer.facts) names.reserve(name);
  names.write_labels();
  for (auto const& name : config.output.state_variables ? source.coordinates() : std::vector<std::string>()) {
    auto values = source.coordinate(context.comm(), own, name);
    out.write(mdp::host_field(states, own, std::move(values), names.claim(name), "1", "state variable " + name), axes, {}, deflate);
  }
  write_initial(context, source, own, answer, out);
  if (answer.policy_value && config.output.policy_value) out.write(answer.policy_value(), axes, {}, deflate);

  bool const converged = answer.proven && answer.width <= config.solver.tolerance;
  out.write("proven_width", answer.width, io::Unit{"1"}, "max (upper - lower) / max(|value|, width_floor)");
  out.write("width_floor", answer.floor, io::Unit{"1"}, "1e-3 of the largest |value| that sweeps decided");
  out.write("states", states.size(), io::Unit{"count"}, "states of the model");
  out.write("sweeps", driven.sweeps, io::Unit{"count"}, "sweeps of all lives of the run");
  for (auto const& [name, value] : answer.facts) out.write(name, value, io::Unit{"count"}, name);
  out.attribute("status", converged ? "converged" : "not_converged");
  out.attribute("method", mdp::to_string(config.solver.method));
  out.attribute("tolerance", config.solver.tolerance);
  out.attribute("discount", config.criterion.discount);
  out.attribute("objective", criterion_of(config).objective == mdp::Objective::min ? "min" : "max");
  out.write(driven.trace);
  out.commit();
}

}  // namespace bellshard::value_iteration
