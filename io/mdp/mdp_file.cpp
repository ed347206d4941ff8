#include "io/mdp/mdp_file.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <span>

#include "io/hdf5/input_file.hpp"
#include "io/hdf5/run_file.hpp"
#include "io/mdp/check.hpp"
#include "io/mdp/name_table.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

constexpr char const* schema = "bellshard.mdp";
constexpr int schema_version = 1;

/// A whole array of this process as RunFile takes it, stored as another type where that is wanted.
template <class Stored, class T>
ShardedArray stored_as(std::string const& name, std::span<T const> values, std::string const& unit, std::string const& long_name) {
  auto const n = static_cast<std::int64_t>(values.size());
  ShardedArray array{name, element_type<Stored>(), {n}, {0, n}, true, unit, long_name};
  array.fetch = [values](Block items, void* host) {
    std::transform(values.begin() + items.begin, values.begin() + items.end, static_cast<Stored*>(host),
                   [](T value) { return static_cast<Stored>(value); });
  };
  return array;
}

template <class T>
ShardedArray whole(std::string const& name, std::vector<T> const& values, std::string const& unit, std::string const& long_name) {
  return stored_as<T>(name, std::span<T const>(values), unit, long_name);
}

/// The dimensions of an MDP file; all of them lie at the root.
struct Dimensions {
  std::int64_t state, state_boundary, pair, pair_boundary, transition;
};

void write_transitions(RunFile& file, Dimensions const& axis, ExplicitMdp const& mdp) {
  file.write("", whole("action_offset", mdp.action_offset, "1", "first pair of each state; the last item is the number of pairs"),
             {axis.state_boundary});
  file.write("", whole("transition_offset", mdp.transition_offset, "1",
                       "first transition of each pair of state and action; the last item is the number of transitions"),
             {axis.pair_boundary});
  std::span<std::int64_t const> const next(mdp.next_state);
  auto const* const next_name = "state that a transition leads to";
  bool const narrow = mdp.states() <= std::numeric_limits<std::int32_t>::max();
  file.write("", narrow ? stored_as<std::int32_t>("next_state", next, "1", next_name) : whole("next_state", mdp.next_state, "1", next_name),
             {axis.transition});
  bool const interval = !mdp.probability_upper.empty();
  file.write("", whole("probability", mdp.probability, "1", interval ? "least probability of a transition" : "probability of a transition"),
             {axis.transition});
  if (interval) {
    file.write("", whole("probability_upper", mdp.probability_upper, "1", "greatest probability of a transition"), {axis.transition});
  }
}

void write_rewards(RunFile& file, Dimensions const& axis, ExplicitMdp const& mdp) {
  auto const described = [](std::string const& name) {
    return "expected immediate reward of a pair" + (name.empty() ? "" : ": " + name);
  };
  if (mdp.rewards.empty()) {
    std::vector<double> const zeros(static_cast<std::size_t>(mdp.pairs()));
    file.write("", whole("reward", zeros, "1", "expected immediate reward of a pair; the model has none"), {axis.pair});
    return;
  }
  auto const& first = mdp.rewards.front();
  file.write("", whole("reward", first.value, "1", described(first.name)), {axis.pair});
  if (!first.name.empty()) file.attribute("/", "default_reward", first.name);
  if (mdp.rewards.size() < 2) return;
  file.group("/rewards");
  for (auto const& reward : std::span(mdp.rewards).subspan(1)) {
    file.write("/rewards", whole(reward.name, reward.value, "1", described(reward.name)), {axis.pair});
  }
}

/// A group of arrays over the states, one for each name.
template <class T>
void write_group(RunFile& file, char const* group, std::int64_t axis, std::vector<ExplicitMdp::Named<T>> const& arrays,
                 std::string const& described, VariableStyle const& style) {
  if (arrays.empty()) return;
  file.group(group);
  for (auto const& array : arrays) file.write(group, whole(array.name, array.value, "1", described + array.name), {axis}, style);
}

/// Bytes of all names one after the other, and where each begins.
void write_names(RunFile& file, std::string const& name, std::vector<std::string> const& names, std::string const& long_name) {
  auto const table = pack_names(names);
  auto const byte = file.bare_scale("", name + "_byte", static_cast<std::int64_t>(table.bytes.size()));
  auto const boundary = file.bare_scale("", name + "_boundary", static_cast<std::int64_t>(table.offset.size()));
  file.write("", whole(name, table.bytes, "1", long_name + ", UTF-8, one after the other"), {byte});
  file.write("", whole(name + "_offset", table.offset, "1", "first byte of each of the " + long_name), {boundary});
}

void refuse_unstorable(std::filesystem::path const& path, char const* kind, std::string const& name) {
  bool const fits = name.find('/') == std::string::npos && name.find('\0') == std::string::npos && name != ".";
  BELLSHARD_INPUT(fits, "{}: the {} \"{}\" cannot stand in an HDF5 file, whose names have no '/'; rename it in the model", path.string(),
                  kind, name);
}

}  // namespace

void write_mdp(std::filesystem::path const& path, ExplicitMdp const& mdp, RunRecord const& record) {
  for (auto const& reward : mdp.rewards) refuse_unstorable(path, "reward", reward.name);
  for (auto const& label : mdp.labels) refuse_unstorable(path, "label", label.name);
  for (auto const& coordinate : mdp.coordinates) refuse_unstorable(path, "state variable", coordinate.name);

  auto completed = record;
  completed.schema = schema;
  completed.schema_version = schema_version;
  if (completed.title.empty()) completed.title = "Markov decision process";
  RunFile file(MPI_COMM_SELF, path, completed, {});
  Dimensions const axis{file.bare_scale("", "state", mdp.states()), file.bare_scale("", "state_boundary", mdp.states() + 1),
                        file.bare_scale("", "pair", mdp.pairs()), file.bare_scale("", "pair_boundary", mdp.pairs() + 1),
                        file.bare_scale("", "transition", mdp.transitions())};
  write_transitions(file, axis, mdp);
  write_rewards(file, axis, mdp);
  write_group(file, "/label", axis.state, mdp.labels, "states with the label ", {{0, 1}, {"no", "yes"}});
  write_group(file, "/coordinate", axis.state, mdp.coordinates, "state variable ", {});
  if (!mdp.state_name.empty()) write_names(file, "state_name", mdp.state_name, "names of the states");
  if (!mdp.action_name.empty()) {
    write_names(file, "action_name", mdp.action_name, "names of the actions");
    file.write("", whole("action_name_index", mdp.action_name_index, "1", "which name the action of a pair has; -1: none"), {axis.pair});
  }
  file.commit();
}

}  // namespace bellshard::io
