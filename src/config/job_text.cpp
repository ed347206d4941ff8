// What the keys of a job look like to people: canonical job file, table of keys, commented job file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "src/config/check_value.hpp"
#include "src/config/job_file.hpp"

namespace bellshard {
namespace {

struct Name {
  std::string table, leaf;
};

Name split(std::string const& path) {
  auto const dot = path.rfind('.');
  if (dot == std::string::npos) return {"", path};
  return {path.substr(0, dot), path.substr(dot + 1)};
}

/// Tables in the order of their first key: TOML allows each head once.
std::vector<std::string> table_order(Keys const& keys) {
  std::vector<std::string> order;
  for (auto const& key : keys.all()) {
    auto const table = split(key->path).table;
    if (std::find(order.begin(), order.end(), table) == order.end()) order.push_back(table);
  }
  return order;
}

std::string table_help(Keys const& keys, std::string const& table) {
  for (auto const& [name, help] : keys.tables()) {
    if (name == table) return help;
  }
  return "";
}

std::string type_column(Key const& key) {
  if (key.type != KeyType::choice) {
    auto const text = type_text(key);
    return text.starts_with("a ") ? text.substr(2) : text.starts_with("an ") ? text.substr(3) : text;
  }
  std::string words;
  for (auto const& choice : key.choices) words += (words.empty() ? "" : " | ") + toml_string(choice);
  return words;
}

std::string default_column(Key const& key) {
  if (key.is_required) return "required";
  return key.default_toml.empty() ? "none" : key.default_toml;
}

bool belongs(Key const& key, Keys::Variant const& variant) {
  return key.variant_of == variant.choice && key.variant == variant.word;
}

/// `  with model.kind = "garnet": random model`
std::string variant_head(Keys::Variant const& variant) {
  return fmt::format("  with {} = {}{}{}\n", variant.choice, toml_string(variant.word), variant.help.empty() ? "" : ": ", variant.help);
}

/// The words of a choice beside the one in force that have keys of their own: "ring, grid".
std::string other_words(Keys const& keys, Key const& choice) {
  std::string words;
  for (auto const& variant : keys.variants()) {
    bool const other = variant.choice == choice.path && toml_string(variant.word) != choice.value_toml;
    if (other) words += (words.empty() ? "" : ", ") + variant.word;
  }
  return words;
}

using Row = std::array<std::string, 6>;

Row row_of(Key const& key) {
  auto const unit = key.numeric() ? key.unit_text : "";
  return {split(key.path).leaf, type_column(key), range_text(key), default_column(key), unit, key.help};
}

}  // namespace

std::string canonical_text(Keys const& keys, std::vector<std::string> const& tables) {
  std::string text;
  for (auto const& table : table_order(keys)) {
    if (!tables.empty() && std::find(tables.begin(), tables.end(), table) == tables.end()) continue;
    std::string lines;
    for (auto const& key : keys.all()) {
      auto const name = split(key->path);
      if (name.table == table && !key->value_toml.empty() && keys.in_force(*key)) lines += fmt::format("{} = {}\n", name.leaf, key->value_toml);
    }
    if (!lines.empty()) text += fmt::format("{}[{}]\n{}", text.empty() ? "" : "\n", table, lines);
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> canonical_values(std::string const& canonical) {
  std::vector<std::pair<std::string, std::string>> values;
  std::istringstream lines(canonical);
  std::string table;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("[")) {
      table = line.substr(1, line.rfind(']') - 1);
    } else if (auto const equals = line.find(" = "); equals != std::string::npos) {
      values.emplace_back(fmt::format("{}.{}", table, line.substr(0, equals)), line.substr(equals + 3));
    }
  }
  return values;
}

std::string describe_text(Keys const& keys) {
  Row const head{"key", "type", "range", "default", "unit", "help"};
  std::array<std::size_t, 6> width{};
  auto const widen = [&](Row const& row) {
    for (std::size_t c = 0; c < row.size(); ++c) width[c] = std::max(width[c], row[c].size());
  };
  auto const line = [&](Row const& row) {
    std::string text = " ";
    for (std::size_t c = 0; c + 1 < row.size(); ++c) text += fmt::format(" {:<{}} ", row[c], width[c]);
    return text + " " + row.back() + "\n";
  };
  widen(head);
  for (auto const& key : keys.all()) widen(row_of(*key));

  std::string text = line(head);
  for (auto const& table : table_order(keys)) {
    auto const help = table_help(keys, table);
    text += fmt::format("\n[{}]{}{}\n", table, help.empty() ? "" : "  ", help);
    auto const lines_of = [&](Keys::Variant const& variant) {
      std::string lines;
      for (auto const& key : keys.all()) {
        if (split(key->path).table == table && belongs(*key, variant)) lines += line(row_of(*key));
      }
      return lines;
    };
    text += lines_of({});
    for (auto const& variant : keys.variants()) {
      auto const lines = lines_of(variant);
      if (!lines.empty() || split(variant.choice).table == table) text += "\n" + variant_head(variant) + lines;
    }
  }
  for (auto const& family : keys.families()) text += fmt::format("\n[{}.NAME]  {}\n", family.name, family.help);
  return text;
}

std::string init_text(Keys const& keys, std::string const& job) {
  auto text = fmt::format("# Job file of {0}. Run it: bellshard run {0} -c job.toml\n# All keys: bellshard describe {0}\n", job);
  for (auto const& table : table_order(keys)) {
    auto const in_force = [&](auto const& key) { return split(key->path).table == table && keys.in_force(*key); };
    if (std::none_of(keys.all().begin(), keys.all().end(), in_force)) continue;  // of another variant alone: the parser would refuse it
    auto const help = table_help(keys, table);
    text += fmt::format("\n[{}]{}{}\n", table, help.empty() ? "" : "  # ", help);
    for (auto const& key : keys.all()) {
      if (!in_force(key)) continue;
      auto const name = split(key->path);
      auto range = range_text(*key);
      if (!range.empty()) range = (range[0] == '[' || range[0] == '(' ? " in " : " ") + range;
      text += fmt::format("# {} ({}{}{})\n", key->help, type_column(*key), range,
                          key->numeric() && key->unit_text != "1" ? ", unit " + key->unit_text : "");
      auto const& value = key->example_toml.empty() ? key->default_toml : key->example_toml;
      text += value.empty() ? fmt::format("# {} =\n", name.leaf) : fmt::format("{} = {}\n", name.leaf, value);
      if (auto const others = other_words(keys, *key); !others.empty()) {
        text += fmt::format("# each with keys of its own, see `bellshard describe {}`: {}\n", job, others);
      }
    }
  }
  for (auto const& family : keys.families()) text += fmt::format("\n# [{}.NAME]  # {}\n", family.name, family.help);
  return text;
}

}  // namespace bellshard
