#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "src/app/commands.hpp"
#include "src/app/variable.hpp"
#include "src/config/nearest.hpp"
#include "src/mdp/predicate.hpp"

namespace bellshard {
namespace {

constexpr std::size_t most_shown = 20;

/// The variables of /results over the axis of the value, and the names of the states where it has some.
struct States {
  std::int64_t count = 0;
  std::vector<Variable> variables;
  std::vector<std::string> names;
};

/// Names lie as a table of letters [state, length].
std::vector<std::string> read_names(io::InputFile const& file, std::string const& table) {
  auto const width = static_cast<std::size_t>(file.shape(table).at(1));
  auto const letters = file.read_text(table);
  std::vector<std::string> names(1);
  std::size_t cells = 0;
  for (char letter : letters) {
    if (letter != '\n') {
      names.back() += letter;
    } else if (++cells == width) {
      names.emplace_back();
      cells = 0;
    }
  }
  return names;
}

States read_states(io::InputFile const& file) {
  BELLSHARD_INPUT(file.has("/results/value") && file.has("/results/state"),
                  "{}: holds no values of states; `bellshard inspect` shows what it holds", file.path().string());
  States states;
  states.count = file.shape("/results/value").at(0);
  for (auto const& name : file.children("/results")) {
    auto const path = "/results/" + name;
    auto const shape = file.shape(path);
    if (name == "state_name") {
      states.names = read_names(file, path);
    } else if (shape.size() == 1 && shape[0] == states.count && !name.starts_with("initial_")) {
      auto variable = describe_variable(file, path);
      if (variable.numeric && name != "state") states.variables.push_back(variable);
    }
  }
  // The answer first, the variables of the state behind it.
  std::vector<std::string> const order{"value", "lower", "upper", "action", "policy_value"};
  auto const rank = [&](Variable const& v) { return std::find(order.begin(), order.end(), v.path.substr(9)) - order.begin(); };
  std::stable_sort(states.variables.begin(), states.variables.end(), [&](auto const& a, auto const& b) { return rank(a) < rank(b); });
  return states;
}

/// The states that the user means: an index, a name, or a predicate over the variables of the file.
std::vector<std::int64_t> find_states(io::InputFile const& file, States const& states, std::string const& asked) {
  auto const named = std::find(states.names.begin(), states.names.end(), asked);
  if (named != states.names.end()) return {named - states.names.begin()};
  std::int64_t index = -1;
  auto const [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), index);
  if (error == std::errc() && end == asked.data() + asked.size()) {
    BELLSHARD_INPUT(index >= 0 && index < states.count, "{}: there is no state {}; states are 0 to {}", file.path().string(), index, states.count - 1);
    return {index};
  }
  mdp::StateNames names;
  for (auto const& variable : states.variables) names.variables.push_back(variable.path.substr(9));
  bool const word = asked.find_first_of("=<>!&|") == std::string::npos;
  if (word && std::find(names.variables.begin(), names.variables.end(), asked) == names.variables.end()) {
    auto const meant = nearest(asked, states.names);
    fail(ExitCode::bad_input, "{}: there is no state named {}{}; name an index, or a predicate such as \"value>1 & x=3\"", file.path().string(), asked,
         meant ? fmt::format(", did you mean {}?", *meant) : "");
  }
  auto const holds = mdp::Predicate(asked, names).evaluate(states.count, {nullptr, [&](std::string const& name) {
                                                             return file.read_all<double>("/results/" + name);
                                                           }});
  std::vector<std::int64_t> found;
  for (std::size_t s = 0; s < holds.size(); ++s) {
    if (holds[s] != 0) found.push_back(static_cast<std::int64_t>(s));
  }
  BELLSHARD_INPUT(!found.empty(), "{}: {} holds in no state", file.path().string(), asked);
  return found;
}

}  // namespace

ExitCode query_result(CommandLine const& line, MPI_Comm comm) {
  Context context(comm, line.options, line.verbosity);
  io::InputFile const file(comm, line.files[0]);
  auto const states = read_states(file);
  auto const found = find_states(file, states, line.state);

  std::string text;
  for (std::size_t k = 0; k < std::min(found.size(), most_shown); ++k) {
    auto const s = found[k];
    text += fmt::format("state {}{}\n", s, states.names.empty() ? "" : " " + states.names[static_cast<std::size_t>(s)]);
    for (auto const& variable : states.variables) {
      double value = 0;
      file.read<double>(variable.path, {s, s + 1}, {&value, 1});
      text += fmt::format("  {:<14} {:<22.15g} {}\n", variable.path.substr(9), value, variable.long_name);
    }
  }
  if (found.size() > most_shown) text += fmt::format("... and {} more states\n", found.size() - most_shown);
  together(comm, [&] {
    if (context.root()) print_data(text);
  });
  return ExitCode::done;
}

}  // namespace bellshard
