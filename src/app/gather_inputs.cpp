#include "src/app/gather_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <set>

#include "src/app/job_setup.hpp"
#include "src/config/job_file.hpp"

namespace bellshard::gather {
namespace {

Dataset look_at(io::InputFile const& file, std::string const& path) {
  Dataset dataset{describe_variable(file, path), {}, file.scale(path), {}, {}};
  if (dataset.scale == io::ScaleKind::none) dataset.axes = file.axes(path);
  dataset.flag_values = file.number_attributes(path, "flag_values");
  dataset.flag_meanings = file.text_attribute(path, "flag_meanings").value_or("");
  return dataset;
}

std::vector<std::byte> bytes_of(io::InputFile const& file, Dataset const& dataset) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(dataset.elements()) * io::bytes_of(dataset.type()));
  file.read_block(dataset.variable.path, {0, dataset.variable.items()}, bytes.data(), static_cast<std::size_t>(dataset.elements()), dataset.type());
  return bytes;
}

std::string without_quotes(std::string const& toml) {
  bool const quoted = toml.size() >= 2 && toml.front() == '"' && toml.back() == '"';
  return quoted ? toml.substr(1, toml.size() - 2) : toml;
}

std::optional<double> number_of(std::string const& toml) {
  double value = 0;
  auto const [end, error] = std::from_chars(toml.data(), toml.data() + toml.size(), value);
  if (error != std::errc{} || end != toml.data() + toml.size()) return std::nullopt;
  return value;
}

}  // namespace

Run look_at(std::filesystem::path const& path) {
  Run run{path, {}, {}, {}, {}, {}};
  auto const file = run.open();
  BELLSHARD_INPUT(file.has(results) && !file.has("/state"), "{}: is no result of a run; name result files", path.string());
  run.job = file.text_attribute("/", "job").value_or("");
  BELLSHARD_INPUT(run.job != "gather", "{}: is gathered already; name the results that it was made from, and others beside them", path.string());
  run.keys = canonical_values(file.text_attribute("/input", "job_file").value_or(""));
  std::set<std::string> groups{results};
  for (auto const& name : datasets_below(file, results)) {
    auto const dataset = fmt::format("{}/{}", results, name);
    run.datasets.emplace(dataset, look_at(file, dataset));
    groups.insert(group_of(dataset));
  }
  for (auto const& group : groups) {
    for (auto const& name : file.attributes(group)) {
      auto const place = fmt::format("{}/{}", group, name);
      if (auto const number = file.number_attribute(group, name)) run.numbers[place] = *number;
      if (auto const text = file.text_attribute(group, name)) run.texts[place] = *text;
    }
  }
  return run;
}

LeftOut disagreements(std::vector<Run> const& runs) {
  LeftOut left_out;
  auto const& first = runs.front();
  auto const file = first.open();
  for (auto const& run : runs) {
    auto const other = run.open();
    for (auto const& [path, dataset] : run.datasets) {
      if (!first.datasets.contains(path)) left_out.try_emplace(path, fmt::format("not in {}", first.path.string()));
    }
    for (auto const& [path, dataset] : first.datasets) {
      auto const found = run.datasets.find(path);
      if (found == run.datasets.end()) {
        left_out.try_emplace(path, fmt::format("not in {}", run.path.string()));
      } else if (!dataset.like(found->second)) {
        left_out.try_emplace(path, fmt::format("other shape, unit or type in {}", run.path.string()));
      } else if (&run != &first && dataset.kept_once() && dataset.scale != io::ScaleKind::bare && bytes_of(file, dataset) != bytes_of(other, dataset)) {
        left_out.try_emplace(path, fmt::format("other values in {}", run.path.string()));
      }
    }
  }
  return left_out;
}

std::vector<Parameter> parameters_of(std::vector<Run> const& runs) {
  std::map<std::string, std::vector<std::string>> values;  // by key, in the order of runs
  std::vector<std::string> order;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    for (auto const& [key, value] : runs[r].keys) {
      auto& row = values[key];
      if (row.empty()) {
        row.resize(runs.size());
        order.push_back(key);
      }
      row[r] = value;
    }
  }
  std::map<std::string, int> leaves;
  std::erase_if(order, [&](auto const& key) {
    auto const& row = values[key];
    return key.starts_with("output.") || std::all_of(row.begin(), row.end(), [&](auto const& value) { return value == row.front(); });
  });
  auto const leaf = [](std::string const& key) { return key.substr(key.rfind('.') + 1); };
  for (auto const& key : order) ++leaves[leaf(key)];

  auto const declared = declare_job(runs.front().job);
  std::vector<Parameter> parameters;
  for (auto const& key : order) {
    auto const& row = values[key];
    Parameter parameter{leaf(key), "1", key, {}, {}};
    if (leaves[parameter.name] > 1 || runs.front().datasets.contains(fmt::format("{}/{}", results, parameter.name))) {
      parameter.name = key;
      std::replace(parameter.name.begin(), parameter.name.end(), '.', '_');
    }
    for (auto const& known : declared.keys.all()) {
      if (known->path == key) parameter.unit = known->unit_text;
    }
    for (auto const& value : row) {
      parameter.texts.push_back(without_quotes(value));
      if (auto const number = number_of(value)) parameter.numbers.push_back(*number);
    }
    if (parameter.numbers.size() < row.size()) parameter.numbers.clear();
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

bool can_be_axis(std::vector<Parameter> const& parameters) {
  if (parameters.size() != 1) return false;
  auto const& numbers = parameters.front().numbers;
  return !numbers.empty() && std::set(numbers.begin(), numbers.end()).size() == numbers.size();
}

void put_in_order(std::vector<Run>& runs, std::vector<Parameter>& parameters) {
  if (!can_be_axis(parameters)) return;
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return parameters[0].numbers[a] < parameters[0].numbers[b]; });
  std::vector<Run> sorted;
  for (auto const at : order) sorted.push_back(std::move(runs[at]));
  runs = std::move(sorted);
  parameters = parameters_of(runs);
}

std::string common_keys(std::vector<Run> const& runs) {
  std::string text, table;
  for (auto const& key : runs.front().keys) {
    if (!std::all_of(runs.begin(), runs.end(), [&](auto const& run) { return std::find(run.keys.begin(), run.keys.end(), key) != run.keys.end(); })) continue;
    auto const dot = key.first.rfind('.');
    if (key.first.substr(0, dot) != table) text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", table = key.first.substr(0, dot));
    text += fmt::format("{} = {}\n", key.first.substr(dot + 1), key.second);
  }
  return text;
}

}  // namespace bellshard::gather
