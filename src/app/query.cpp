#include <fmt/format.h>

#include <algorithm>

#include "src/app/commands.hpp"
#include "src/app/result_states.hpp"

namespace bellshard {
namespace {

constexpr std::size_t most_shown = 20;  ///< states, and steps of a plan

/// One answer a line: the variable, its number, what it is.
struct Line {
  std::string name, value, meaning;
};

/// Columns as wide as what stands in them; plans, which are longer than a column should be, stick out.
std::string aligned(std::vector<Line> const& lines) {
  std::size_t names = 14, values = 22;
  auto const widen = [](std::size_t& width, std::string const& text) {
    auto const letters = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));  // UTF-8
    if (letters <= 50) width = std::max(width, letters);
  };
  for (auto const& line : lines) {
    widen(names, line.name);
    widen(values, line.value);
  }
  std::string text;
  for (auto const& line : lines) text += fmt::format("  {:<{}} {:<{}} {}\n", line.name, names, line.value, values, line.meaning);
  return text;
}

/// An item of a variable: a number, or the first steps of a plan; actions with their names.
std::string item_text(io::InputFile const& file, Variable const& variable, NameColumn const& action_names, std::int64_t state) {
  auto const steps = static_cast<std::size_t>(variable.elements_per_item());
  std::vector<double> numbers(steps);
  file.read<double>(variable.path, {state, state + 1}, numbers);
  std::vector<std::int64_t> named(steps, 0);
  auto const index = variable.path + "_name_index";
  if (!action_names.empty() && variable.name().ends_with("action") && file.has(index)) file.read<std::int64_t>(index, {state, state + 1}, named);
  std::string text;
  for (std::size_t k = 0; k < std::min(steps, most_shown); ++k) {
    auto const name = named[k] > 0 && named[k] < action_names.size() ? fmt::format(" {}", action_names[named[k]]) : "";
    text += fmt::format("{}{:.15g}{}", k > 0 ? ", " : "", numbers[k], name);
  }
  return steps > most_shown ? text + ", ..." : text;
}

std::string labels_text(ResultStates const& states, std::int64_t state) {
  std::string held;
  for (auto const& name : states.labels) {
    std::uint8_t holds = 0;
    states.file.read<std::uint8_t>("/results/label_" + name, {state, state + 1}, {&holds, 1});
    if (holds != 0) held += (held.empty() ? "" : ", ") + name;
  }
  return held.empty() ? "none" : held;
}

}  // namespace

ExitCode query_result(CommandLine const& line, MPI_Comm comm) {
  Context context(comm, line.options, line.verbosity);
  io::InputFile const file(comm, line.files[0]);
  if (file.text_attribute("/", "schema") == "bellshard.corpus_index") return query_index(context, line);
  if (!line.state) fail(ExitCode::bad_command_line, "{} is a result: name a state of it with --state", line.files[0].string());
  if (!line.words.empty()) fail(ExitCode::bad_command_line, "`{}` is one word too many: {} is a result, not an index", line.words, line.files[0].string());
  ResultStates const states(file);
  NameColumn const action_names(file, "/results/action_name");
  auto const found = states.find(*line.state);

  std::string text;
  for (std::size_t k = 0; k < std::min(found.size(), most_shown); ++k) {
    auto const s = found[k];
    text += states.names.empty() ? fmt::format("state {}\n", s) : fmt::format("state {} {}\n", s, states.names[s]);
    std::vector<Line> lines;
    for (auto const& variable : states.variables) {
      lines.push_back({ResultStates::name_of(variable), item_text(file, variable, action_names, s), variable.long_name});
    }
    if (!states.labels.empty()) lines.push_back({"labels", labels_text(states, s), "labels that hold"});
    // The answer and the labels first, the variables of the model behind them.
    std::stable_partition(lines.begin(), lines.end(), [](Line const& line) { return !line.meaning.starts_with("state variable "); });
    text += aligned(lines);
  }
  if (found.size() > most_shown) text += fmt::format("... and {} more states\n", found.size() - most_shown);
  together(comm, [&] {
    if (context.root()) print_data(text);
  });
  return ExitCode::done;
}

}  // namespace bellshard
