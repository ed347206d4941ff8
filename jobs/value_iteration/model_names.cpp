#include "jobs/value_iteration/model_names.hpp"

#include "src/dist/reduce.hpp"
#include "src/mdp/problem.hpp"

namespace bellshard::value_iteration {
namespace {

/// What the result writes whatever the model is, or may write.
std::set<std::string> const names_of_the_result = {
    "action_name", "action_name_length", "initial_lower",     "initial_state", "initial_upper", "initial_value", "named_action", "policy_value",
    "proven_width", "stage",             "state",             "state_name",    "state_name_length", "states",    "sweeps",       "width_floor"};

}  // namespace

ModelNames::ModelNames(Context& context, mdp::Source const& source, Partition const& states, Config const& config, io::ResultFile& out)
    : context_(context),
      source_(source),
      states_(states),
      own_(states.block(context.rank())),
      asked_(config.output),
      out_(out),
      state_(out.axis("state", states.size(), "state index")),
      taken_(names_of_the_result) {
  if (!asked_.names) return;
  auto const names = source.state_names(context.comm(), own_);
  bool const named = max_over_ranks(context.comm(), static_cast<std::int64_t>(names.size())) > 0;
  if (named) out.names(state_, "state_name", own_, names, "name of the state", static_cast<int>(asked_.compression));
  actions_ = source.action_names(context.comm(), own_);
  if (actions_.name.empty()) return;
  actions_.name.insert(actions_.name.begin(), "");  // so that an index that stands for no name finds one in every language
  auto const axis = out.axis("named_action", static_cast<std::int64_t>(actions_.name.size()), "number of an action's name");
  bool const root = context.root();
  out.names(axis, "action_name", root ? Block{0, axis.size} : Block{}, root ? actions_.name : std::vector<std::string>{},
            "distinct names of actions; the first one is empty");
}

std::string ModelNames::claim(std::string name) {
  while (!taken_.insert(name).second) name = "state_" + name;
  return name;
}

void ModelNames::write_labels() {
  if (!asked_.labels) return;
  for (auto const& name : source_.labels()) {
    auto holds = source_.label(context_.comm(), own_, name);
    out_.write(mdp::host_field(states_, own_, std::move(holds), claim("label_" + name), "1", "states with the label " + name), {state_},
               {{0, 1}, {"no", "yes"}}, static_cast<int>(asked_.compression));
  }
}

void ModelNames::write_action_names(io::ShardedArray const& chosen, std::vector<io::Axis> const& axes) {
  if (actions_.name.empty()) return;
  auto index = chosen;
  index.name = chosen.name + "_name_index";
  reserve(index.name);
  index.long_name = "place in action_name of: " + chosen.long_name;
  index.fetch = [&](Block items, void* host) {
    chosen.fetch(items, host);
    auto* place = static_cast<std::int32_t*>(host);
    for (auto state = items.begin; state < items.end; ++state) {
      for (std::int64_t k = 0; k < io::item_elements(chosen); ++k, ++place) *place = *place < 0 ? 0 : actions_.of(state, *place) + 1;
    }
  };
  out_.write(index, axes, {}, static_cast<int>(asked_.compression));
}

bool is_name_of_result(std::string const& name) { return names_of_the_result.contains(name); }

void check_names(Context& context, mdp::Source const& source, Partition const& states, Config const& config) {
  if (!config.output.names) return;
  auto const own = states.block(context.rank());
  source.state_names(context.comm(), own);
  source.action_names(context.comm(), own);
}

}  // namespace bellshard::value_iteration
