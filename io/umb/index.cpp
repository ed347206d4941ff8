#include "io/umb/index.hpp"

#include <array>
#include <cstdint>
#include <limits>
// nlohmann-json is seen by this file alone.
#include <nlohmann/json.hpp>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using Json = nlohmann::ordered_json;  // labels, rewards and variables keep the order of the file
using Kind = UmbType::Kind;

struct TypeName {
  Kind kind;
  char const* name;
  std::int64_t bits;  ///< where the file does not say
  std::int64_t parts;  ///< numbers of the same size that make one
};
constexpr std::int64_t most_bits = 1 << 20;    // of a number
constexpr auto most_items = std::int64_t{1} << 40;  // bits and bytes of all of them still fit 64 bits
constexpr std::array<TypeName, 10> type_names = {{{Kind::boolean, "bool", 1, 1},
                                                  {Kind::integer, "int", 64, 1},
                                                  {Kind::natural, "uint", 64, 1},
                                                  {Kind::integer_interval, "int-interval", 128, 2},
                                                  {Kind::natural_interval, "uint-interval", 128, 2},
                                                  {Kind::real, "double", 64, 1},
                                                  {Kind::real_interval, "double-interval", 128, 2},
                                                  {Kind::rational, "rational", 128, 2},
                                                  {Kind::rational_interval, "rational-interval", 256, 4},
                                                  {Kind::text, "string", 64, 1}}};

/// A member that is a whole number: one that is not, or too large for 64 bits, would not survive the way to an integer.
std::int64_t whole_number(Json const& object, char const* key) {
  auto const& json = object.at(key);
  bool const fits = json.is_number_unsigned() ? json.get<std::uint64_t>() <= std::numeric_limits<std::int64_t>::max() : json.is_number_integer();
  BELLSHARD_INPUT(fits, "\"{}\" is {} (must be a whole number of 64 bits)", key, json.is_number() ? json.dump() : fmt::format("a JSON {}", json.type_name()));
  return json.get<std::int64_t>();
}

std::int64_t whole_number(Json const& object, char const* key, std::int64_t otherwise) { return object.contains(key) ? whole_number(object, key) : otherwise; }

UmbType parse_type(Json const& json) {
  auto const name = json.at("type").get<std::string>();
  for (auto const& known : type_names) {
    if (name != known.name) continue;
    auto const bits = whole_number(json, "size", known.bits);
    bool const fixed = known.kind == Kind::real || known.kind == Kind::real_interval || known.kind == Kind::text;
    BELLSHARD_INPUT(bits > 0 && bits <= most_bits && (!fixed || bits == known.bits), "type {} has size {} (must be {})", name, bits,
                    fixed ? std::to_string(known.bits) : fmt::format("in 1 .. {}", most_bits));
    BELLSHARD_INPUT(bits % known.parts == 0, "type {} has size {} (must be a multiple of {}, its numbers)", name, bits, known.parts);
    return {known.kind, bits};
  }
  fail(ExitCode::bad_input, "\"{}\" is no type of UMB", name);
}

Json type_json(UmbType const& type) {
  for (auto const& known : type_names) {
    if (known.kind == type.kind) return {{"type", known.name}, {"size", type.bits}};
  }
  fail(ExitCode::bug, "a UMB type has no name");
}

std::vector<UmbAnnotation> parse_annotations(Json const& index, char const* group) {
  std::vector<UmbAnnotation> found;
  auto const annotations = index.value("annotations", Json::object());
  auto const members = annotations.value(group, Json::object());
  for (auto const& [id, json] : members.items()) {
    found.push_back({id, json.value("alias", ""), json.at("applies-to").get<std::vector<std::string>>(), parse_type(json.at("type")),
                     json.contains("probability-type")});
  }
  return found;
}

Json annotations_json(std::vector<UmbAnnotation> const& annotations) {
  auto json = Json::object();
  for (auto const& annotation : annotations) {
    json[annotation.id] = {{"alias", annotation.name()}, {"applies-to", annotation.applies_to}, {"type", type_json(annotation.type)}};
  }
  return json;
}

std::vector<UmbVariable> parse_class(Json const& json) {
  std::vector<UmbVariable> variables;
  for (auto const& entry : json.at("variables")) {
    if (entry.contains("padding")) {
      auto const bits = whole_number(entry, "padding");
      BELLSHARD_INPUT(bits > 0 && bits <= most_bits, "a padding of {} bits (must lie in 1 .. {})", bits, most_bits);
      variables.push_back({"", {Kind::natural, bits}});
    } else {
      variables.push_back({entry.at("name").get<std::string>(), parse_type(entry.at("type")), entry.value("is-optional", false),
                           whole_number(entry, "offset", 0)});
    }
  }
  return variables;
}

Json class_json(std::vector<UmbVariable> const& variables) {
  auto list = Json::array();
  for (auto const& variable : variables) {
    if (variable.name.empty()) {
      list.push_back({{"padding", variable.type.bits}});
      continue;
    }
    Json entry = {{"name", variable.name}, {"type", type_json(variable.type)}};
    if (variable.optional) entry["is-optional"] = true;
    if (variable.offset != 0) entry["offset"] = variable.offset;
    list.push_back(std::move(entry));
  }
  return {{"variables", std::move(list)}};
}

UmbIndex parse(Json const& json) {
  UmbIndex index;
  index.format_version = whole_number(json, "format-version");
  index.format_revision = whole_number(json, "format-revision", 0);
  auto const file = json.value("file-data", Json::object());
  index.tool = file.value("tool", "");
  index.tool_version = file.value("tool-version", "");
  auto const& system = json.at("transition-system");
  index.time = system.at("time").get<std::string>();
  auto const count = [&](char const* key) {
    auto const number = whole_number(system, key);
    BELLSHARD_INPUT(number >= 0 && number < most_items, "transition-system.{} = {} (must lie in [0, 2^40))", key, number);
    return number;
  };
  index.players = count("#players");
  index.states = count("#states");
  index.initial_states = count("#initial-states");
  index.choices = count("#choices");
  index.choice_actions = count("#choice-actions");
  index.branches = count("#branches");
  index.branch_actions = count("#branch-actions");
  index.observations = count("#observations");
  if (system.contains("branch-probability-type")) index.probability = parse_type(system["branch-probability-type"]);
  index.labels = parse_annotations(json, "aps");
  index.rewards = parse_annotations(json, "rewards");
  auto const valuations = json.value("valuations", Json::object());
  if (valuations.contains("states")) {
    auto const& states = valuations["states"];
    for (auto const& entry : states.at("classes")) index.classes.push_back(parse_class(entry));
    index.strings = whole_number(states, "#strings", 0);
    BELLSHARD_INPUT(index.strings >= 0 && index.strings < most_items, "valuations.states.#strings = {} (must lie in [0, 2^40))", index.strings);
  }
  return index;
}

}  // namespace

UmbIndex parse_umb_index(std::string const& text, std::string const& origin) {
  try {
    return parse(Json::parse(text));
  } catch (Json::exception const& error) {
    fail(ExitCode::bad_input, "{}: index.json: {}", origin, error.what());
  } catch (Error const& error) {
    throw Error(error.code(), fmt::format("{}: index.json: {}", origin, error.what()));
  }
}

std::string umb_index_text(UmbIndex const& index) {
  Json system = {{"time", index.time},
                 {"#players", index.players},
                 {"#states", index.states},
                 {"#initial-states", index.initial_states},
                 {"#choices", index.choices},
                 {"#choice-actions", index.choice_actions},
                 {"#branches", index.branches},
                 {"#branch-actions", index.branch_actions},
                 {"#observations", index.observations}};
  if (index.probability) system["branch-probability-type"] = type_json(*index.probability);
  Json json = {{"format-version", index.format_version},
               {"format-revision", index.format_revision},
               {"model-data", Json::object()},
               {"file-data", {{"tool", index.tool}, {"tool-version", index.tool_version}}},
               {"transition-system", std::move(system)},
               {"annotations", Json::object()}};
  if (!index.labels.empty()) json["annotations"]["aps"] = annotations_json(index.labels);
  if (!index.rewards.empty()) json["annotations"]["rewards"] = annotations_json(index.rewards);
  if (!index.classes.empty()) {
    Json states = {{"unique", false}, {"classes", Json::array()}};
    if (index.strings > 0) states["#strings"] = index.strings;
    for (auto const& variables : index.classes) states["classes"].push_back(class_json(variables));
    json["valuations"] = {{"states", std::move(states)}};
  }
  return json.dump(2) + "\n";
}

}  // namespace bellshard::io
