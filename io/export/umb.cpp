#include "io/export/umb.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "io/mdp/name_table.hpp"
#include "io/umb/archive.hpp"
#include "io/umb/index.hpp"
#include "io/umb/numbers.hpp"
#include "io/umb/valuations.hpp"
#include "src/base/version.hpp"

namespace bellshard::io {
namespace {

using Kind = UmbType::Kind;

template <class T>
std::vector<std::byte> bytes_of_array(std::vector<T> const& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<std::byte> naturals(std::vector<std::int64_t> const& values) {
  return pack_integers<std::uint64_t>(std::span<std::int64_t const>(values));
}

class UmbWriter {
 public:
  explicit UmbWriter(ExplicitMdp const& mdp) : mdp_(mdp) {}

  void write(std::filesystem::path const& path) {
    index_.tool = "Bellshard";
    index_.tool_version = version();
    bool const chain = mdp_.pairs() == mdp_.states();
    index_.players = chain ? 0 : 1;
    index_.states = mdp_.states();
    index_.choices = mdp_.pairs();
    index_.branches = mdp_.transitions();
    if (!chain) add("state-to-choices.bin", naturals(mdp_.action_offset));
    add("choice-to-branches.bin", naturals(mdp_.transition_offset));
    add_probabilities();
    add("branch-to-target.bin", naturals(mdp_.next_state));
    add_labels();
    add_rewards();
    add_actions();
    add_valuations();

    auto const text = umb_index_text(index_);
    ArchiveContents contents = {{"index.json", std::as_bytes(std::span(text))}};  // the format wants it first
    for (auto const& [name, bytes] : arrays_) contents.emplace_back(name, bytes);
    write_archive(path, contents);
  }

 private:
  void add(std::string name, std::vector<std::byte> bytes) { arrays_.emplace_back(std::move(name), std::move(bytes)); }

  void add_probabilities() {
    if (mdp_.probability_upper.empty()) {
      index_.probability = UmbType{Kind::real, 64};
      add("branch-to-probability.bin", bytes_of_array(mdp_.probability));
      return;
    }
    index_.probability = UmbType{Kind::real_interval, 128};
    std::vector<double> ends;
    ends.reserve(mdp_.probability.size() * 2);
    for (std::size_t t = 0; t < mdp_.probability.size(); ++t) ends.insert(ends.end(), {mdp_.probability[t], mdp_.probability_upper[t]});
    add("branch-to-probability.bin", bytes_of_array(ends));
  }

  void add_labels() {
    for (auto const& label : mdp_.labels) {
      if (label.name == "init") {
        index_.initial_states = std::count_if(label.value.begin(), label.value.end(), [](auto v) { return v != 0; });
        add("state-is-initial.bin", pack_bools(label.value));
      } else {
        index_.labels.push_back({fresh_id(label.name, index_.labels), label.name, {"states"}, {Kind::boolean, 1}});
        add("annotations/aps/" + index_.labels.back().id + "/states/values.bin", pack_bools(label.value));
      }
    }
  }

  void add_rewards() {
    for (auto const& reward : mdp_.rewards) {
      auto const name = reward.name.empty() ? "reward" : reward.name;
      index_.rewards.push_back({fresh_id(name, index_.rewards), name, {"choices"}, {Kind::real, 64}});
      add("annotations/rewards/" + index_.rewards.back().id + "/choices/values.bin", bytes_of_array(reward.value));
    }
  }

  /// Folders have the letters a-z, 0-9, _ and - alone.
  static std::string fresh_id(std::string const& name, std::vector<UmbAnnotation> const& others) {
    std::string id = name;
    for (auto& c : id) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
      bool const allowed = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
      if (!allowed) c = '_';
    }
    auto const taken = [&](std::string const& wanted) {
      return wanted.empty() || std::any_of(others.begin(), others.end(), [&](auto const& other) { return other.id == wanted; });
    };
    auto const stem = id;
    for (int i = 2; taken(id); ++i) id = fmt::format("{}_{}", stem, i);
    return id;
  }

  /// Each choice has an action: those without a name have one whose name is empty.
  void add_actions() {
    if (mdp_.action_name.empty()) return;
    auto names = mdp_.action_name;
    auto used = mdp_.action_name_index;
    if (std::find(used.begin(), used.end(), -1) != used.end()) {
      std::replace(used.begin(), used.end(), std::int32_t{-1}, static_cast<std::int32_t>(names.size()));
      names.emplace_back();
    }
    index_.choice_actions = static_cast<std::int64_t>(names.size());
    add("actions/choices/values.bin", pack_integers<std::uint32_t>(std::span<std::int32_t const>(used)));
    add_strings("actions/choices", names);
  }

  void add_valuations() {
    auto bytes = pack_valuations(mdp_, index_);
    if (index_.classes.empty()) return;
    add("valuations/states/valuations.bin", std::move(bytes));
    if (!mdp_.state_name.empty()) add_strings("valuations/states", mdp_.state_name);
  }

  void add_strings(std::string const& folder, std::vector<std::string> const& strings) {
    auto const table = pack_names(strings);
    add(folder + "/string-mapping.bin", naturals(table.offset));
    add(folder + "/strings.bin", bytes_of_array(table.bytes));
  }

  ExplicitMdp const& mdp_;
  UmbIndex index_;
  std::vector<std::pair<std::string, std::vector<std::byte>>> arrays_;
};

}  // namespace

void write_umb(std::filesystem::path const& path, ExplicitMdp const& mdp, RunRecord const&) { UmbWriter(mdp).write(path); }

}  // namespace bellshard::io
