#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace bellshard::io {

/// index.json of a UMB file (unified Markov binary format, version 1): what the arrays beside it mean. Names of fields
/// follow the specification (pmc-tools/umb on GitHub, spec.md).

struct UmbType {
  enum class Kind { boolean, integer, natural, integer_interval, natural_interval, real, real_interval, rational, rational_interval, text };
  Kind kind = Kind::real;
  std::int64_t bits = 64;
  bool operator==(UmbType const&) const = default;
};

/// Values of states, choices or branches: a label ("aps") or a reward.
struct UmbAnnotation {
  std::string id;     ///< the folder's name
  std::string alias;  ///< the name for people
  std::vector<std::string> applies_to;
  UmbType type;
  bool stochastic = false;  ///< distributions in place of values

  std::string const& name() const { return alias.empty() ? id : alias; }
};

/// A variable of the states, or bits without meaning between two of them.
struct UmbVariable {
  std::string name;  ///< empty: padding
  UmbType type;      ///< of padding: its bits alone
  bool optional = false;
  std::int64_t offset = 0;  ///< added to the stored number
};

struct UmbIndex {
  std::int64_t format_version = 1, format_revision = 0;
  std::string tool, tool_version;
  std::string time = "discrete";
  std::int64_t players = 1, states = 0, initial_states = 0, choices = 0, choice_actions = 0, branches = 0, branch_actions = 0,
               observations = 0;
  std::optional<UmbType> probability;  ///< absent: branches without probabilities
  std::vector<UmbAnnotation> labels, rewards;
  std::vector<std::vector<UmbVariable>> classes;  ///< kinds of state valuations; empty: none
  std::int64_t strings = 0;                       ///< that variables of the states point to
};

/// Exit 4 with `origin` and the key that is missing or wrong.
UmbIndex parse_umb_index(std::string const& text, std::string const& origin);
std::string umb_index_text(UmbIndex const& index);

}  // namespace bellshard::io
