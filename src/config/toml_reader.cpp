// The one file that sees toml++, which takes long to compile.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "src/base/error.hpp"
#include "src/config/literal.hpp"

namespace bellshard {
namespace {

Location location(toml::source_region const& region, std::string const& source) {
  return {source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Literal literal(toml::node const& node, std::string const& source) {
  Literal out;
  out.where = location(node.source(), source);
  if (auto const* flag = node.as_boolean()) {
    out.kind = Literal::Kind::flag;
    out.flag = flag->get();
  } else if (auto const* integer = node.as_integer()) {
    out.kind = Literal::Kind::integer;
    out.integer = integer->get();
  } else if (auto const* real = node.as_floating_point()) {
    out.kind = Literal::Kind::real;
    out.real = real->get();
  } else if (auto const* text = node.as_string()) {
    out.kind = Literal::Kind::text;
    out.text = text->get();
  } else if (auto const* list = node.as_array()) {
    out.kind = Literal::Kind::list;
    for (auto const& item : *list) out.items.push_back(literal(item, source));
  } else if (node.is_table()) {
    out.kind = Literal::Kind::table;
  } else {
    out.kind = Literal::Kind::date;
  }
  return out;
}

void flatten(toml::table const& table, std::string const& prefix, std::string const& source, std::vector<Entry>& entries) {
  for (auto const& [key, node] : table) {
    Entry entry{prefix + std::string(key.str()), location(key.source(), source), node.is_table(), {}, {}};
    if (auto const* inner = node.as_table()) {
      entries.push_back(entry);
      flatten(*inner, entry.path + ".", source, entries);
    } else {
      entry.literal = literal(node, source);
      entries.push_back(std::move(entry));
    }
  }
}

/// toml++ keeps tables sorted by name; people read from top to bottom.
void sort_by_place(std::vector<Entry>& entries) {
  std::stable_sort(entries.begin(), entries.end(), [](Entry const& a, Entry const& b) {
    return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
  });
}

/// An override has no lines: all of it stands at one place.
void place_all(Literal& literal, Location const& where) {
  literal.where = where;
  for (auto& item : literal.items) place_all(item, where);
}

/// The value of --set as TOML; none where it is not exactly one TOML value.
std::optional<toml::table> parse_value(std::string const& value) {
  auto parsed = toml::parse("value = " + value);
  if (!parsed || parsed.table().size() != 1) return std::nullopt;
  return std::move(parsed).table();
}

}  // namespace

std::vector<Entry> read_toml(std::string const& text, std::string const& source) {
  auto const parsed = toml::parse(text);
  if (!parsed) {
    auto const& error = parsed.error();
    fail(ExitCode::bad_job_file, "{}: this is no TOML: {}", location(error.source(), source).text(),
         std::string(error.description()));
  }
  std::vector<Entry> entries;
  flatten(parsed.table(), "", source, entries);
  sort_by_place(entries);
  return entries;
}

std::vector<Entry> read_override(std::string const& assignment) {
  auto const equals = assignment.find('=');
  auto const trimmed = [](std::string const& text) {
    auto const first = text.find_first_not_of(" \t");
    if (first == std::string::npos) return std::string();
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
  };
  auto const path = trimmed(assignment.substr(0, equals));
  auto const value = equals == std::string::npos ? std::string() : trimmed(assignment.substr(equals + 1));
  if (path.empty() || value.empty()) {
    fail(ExitCode::bad_command_line,
         "--set {}: wants a key and a value; write --set TABLE.KEY=VALUE, for example --set solver.tolerance=1e-8", assignment);
  }
  Location const where{"--set " + path, 0, 0};
  Entry entry{path, where, false, {}, value};
  if (auto const parsed = parse_value(value)) {
    auto const& node = parsed->begin()->second;
    if (auto const* table = node.as_table()) {
      std::vector<Entry> entries;
      flatten(*table, path + ".", where.source, entries);
      for (auto& inner : entries) {
        inner.where = where;
        place_all(inner.literal, where);
      }
      return entries;
    }
    entry.literal = literal(node, where.source);
  } else {
    entry.literal.kind = Literal::Kind::text;
    entry.literal.text = value;
  }
  place_all(entry.literal, where);
  return {entry};
}

}  // namespace bellshard
