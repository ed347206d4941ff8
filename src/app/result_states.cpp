#include "src/app/result_states.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "src/base/error.hpp"
#include "src/config/nearest.hpp"
#include "src/mdp/predicate.hpp"

namespace bellshard {
namespace {

constexpr std::int64_t most_compared = 200'000;  ///< names that a mistyped one is held against, which takes a few seconds

}  // namespace

NameColumn::NameColumn(io::InputFile const& file, std::string const& table) {
  if (!file.has(table)) return;
  auto const shape = file.shape(table);
  BELLSHARD_INPUT(shape.size() == 2 && shape[1] > 0, "{}:{}: is no table of names", file.path().string(), table);
  width_ = static_cast<std::size_t>(shape[1]);
  letters_ = file.read_all<char>(table);
}

std::string_view NameColumn::operator[](std::int64_t item) const {
  std::string_view const cell(letters_.data() + static_cast<std::size_t>(item) * width_, width_);
  return cell.substr(0, cell.find('\0'));
}

std::vector<std::string> NameColumn::first(std::int64_t most) const {
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < std::min(most, size()); ++i) names.emplace_back((*this)[i]);
  return names;
}

ResultStates::ResultStates(io::InputFile const& result) : file(result) {
  std::istringstream told(file.has("/results") ? file.text_attribute("/results", "criteria").value_or("") : "");
  for (std::string name; told >> name;) criteria.push_back(name);
  std::vector<std::string> groups;
  for (auto const& name : criteria) groups.push_back("/results/" + name);
  if (groups.empty()) groups = {"/results"};
  for (auto const& group : groups) {
    auto const answer = group + "/value";
    bool const whole = file.has(answer) && file.axes(answer) == std::vector<std::string>{"state"};
    BELLSHARD_INPUT(whole, "{}: holds no values of states; `bellshard inspect` shows what it holds", file.path().string());
    count = file.shape(answer).at(0);
    collect(group);
  }
  if (!criteria.empty()) collect("/results");
  names = NameColumn(file, "/results/state_name");
}

/// The variables of a group over states: the answer first.
void ResultStates::collect(std::string const& group) {
  auto const first = static_cast<std::ptrdiff_t>(variables.size());
  for (auto const& name : file.children(group)) {
    if (std::find(criteria.begin(), criteria.end(), name) != criteria.end() && group == "/results") continue;
    auto const path = group + "/" + name;
    auto const axes = file.axes(path);
    if (axes.empty() || axes[0] != "state") continue;
    auto variable = describe_variable(file, path);
    if (name.starts_with("label_") && file.text_attribute(path, "flag_meanings")) {
      labels.push_back(name.substr(6));
    } else if (variable.numeric && !variable.long_name.starts_with("place in action_name")) {
      variables.push_back(std::move(variable));
    }
  }
  std::vector<std::string> const order{"value", "lower", "upper", "action", "policy_value"};
  auto const rank = [&](Variable const& v) { return std::find(order.begin(), order.end(), v.name()) - order.begin(); };
  std::stable_sort(variables.begin() + first, variables.end(), [&](auto const& a, auto const& b) { return rank(a) < rank(b); });
}

std::string ResultStates::name_of(Variable const& variable) {
  auto name = variable.path.substr(std::string_view("/results/").size());
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

std::vector<std::int64_t> ResultStates::find(std::string const& asked) const {
  std::vector<std::int64_t> found;
  for (std::int64_t s = 0; s < names.size(); ++s) {
    if (names[s] == asked) found.push_back(s);
  }
  if (!found.empty()) return found;

  std::int64_t index = -1;
  auto const [end, error] = std::from_chars(asked.data(), asked.data() + asked.size(), index);
  if (error == std::errc() && end == asked.data() + asked.size()) {
    BELLSHARD_INPUT(index >= 0 && index < count, "{}: there is no state {}; states are 0 to {}", file.path().string(), index, count - 1);
    return {index};
  }
  try {
    found = where(asked);
  } catch (Error const& unreadable) {
    if (unreadable.code() != ExitCode::bad_job_file) throw;
    auto const meant = nearest(asked, names.first(most_compared));
    if (meant) fail(ExitCode::bad_input, "{}: no state is called {}; did you mean {}?", file.path().string(), asked, *meant);
    fail(ExitCode::bad_input, "{}: {} is no state's name, no index (0 to {}), and no predicate such as \"value > 1 & x = 3\": {}",
         file.path().string(), asked, count - 1, unreadable.what());
  }
  BELLSHARD_INPUT(!found.empty(), "{}: {} holds in no state", file.path().string(), asked);
  return found;
}

std::vector<std::int64_t> ResultStates::where(std::string const& predicate) const {
  mdp::StateNames known{labels, {}};
  for (auto const& variable : variables) {
    if (variable.shape.size() == 1) known.variables.push_back(name_of(variable));
  }
  mdp::Predicate const wanted(predicate, known);
  std::vector<std::int64_t> found;
  constexpr std::int64_t part = 1 << 22;  // bounds the memory of the columns
  for (std::int64_t begin = 0; begin < count; begin += part) {
    Block const some{begin, std::min(count, begin + part)};
    auto const read = [&](std::string const& path, auto column) {
      column.resize(static_cast<std::size_t>(some.size()));
      file.read(path, some, std::span(column));
      return column;
    };
    auto const path_of = [&](std::string const& name) {
      return std::find_if(variables.begin(), variables.end(), [&](auto const& variable) { return name_of(variable) == name; })->path;
    };
    auto const holds = wanted.evaluate(some.size(), {[&](std::string const& name) { return read("/results/label_" + name, std::vector<std::uint8_t>()); },
                                                     [&](std::string const& name) { return read(path_of(name), std::vector<double>()); }});
    for (auto s = some.begin; s < some.end; ++s) {
      if (holds[static_cast<std::size_t>(s - begin)] != 0) found.push_back(s);
    }
  }
  return found;
}

}  // namespace bellshard
