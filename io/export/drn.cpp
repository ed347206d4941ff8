#include "io/export/drn.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "io/hdf5/pending_path.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using Text = fmt::memory_buffer;

template <class... Args>
void put(Text& out, fmt::format_string<Args...> text, Args&&... args) {
  fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
}

void need_plain(std::filesystem::path const& path, char const* kind, std::string const& name, char const* forbidden) {
  BELLSHARD_INPUT(!name.empty() && name.find_first_of(forbidden) == std::string::npos,
                  "{}: the {} \"{}\" cannot stand in a DRN file (no name, blanks or signs of its syntax); rename it in the model", path.string(),
                  kind, name);
}

class DrnWriter {
 public:
  DrnWriter(std::filesystem::path const& path, ExplicitMdp const& mdp) : path_(path), mdp_(mdp) {
    for (std::size_t r = 0; r < mdp.rewards.size(); ++r) {
      reward_names_.push_back(mdp.rewards[r].name.empty() ? fmt::format("rew{}", r) : mdp.rewards[r].name);
      need_plain(path, "reward", reward_names_.back(), " \t\n\r");
    }
    for (auto const& label : mdp.labels) need_plain(path, "label", label.name, "\"\n\r");
    for (auto const& name : mdp.action_name) need_plain(path, "action", name, " \t\n\r");
    for (auto const& variable : mdp.coordinates) need_plain(path, "variable", variable.name, "=&[]!\n\r");
  }

  void header(Text& out) const {
    bool const interval = !mdp_.probability_upper.empty();
    put(out, "// Exported by Bellshard\n@type: {}\n@value_type: {}\n@parameters\n\n@reward_models\n{}\n@nr_states\n{}\n@nr_choices\n{}\n@model\n",
        mdp_.pairs() == mdp_.states() ? "DTMC" : "MDP", interval ? "double-interval" : "double", fmt::join(reward_names_, " "), mdp_.states(),
        mdp_.pairs());
  }

  void state(Text& out, std::int64_t s) const {
    auto const at = static_cast<std::size_t>(s);
    put(out, "state {}", s);
    if (!mdp_.rewards.empty()) put(out, " [{}]", fmt::join(std::vector<int>(mdp_.rewards.size(), 0), ", "));
    for (auto const& label : mdp_.labels) {
      if (label.value[at] == 0) continue;
      bool const quoted = label.name.find_first_of(" \t") != std::string::npos || label.name.front() == '[';
      put(out, quoted ? fmt::runtime(" \"{}\"") : fmt::runtime(" {}"), label.name);
    }
    put(out, "\n");
    if (!mdp_.coordinates.empty()) {
      std::vector<std::string> values;
      for (auto const& variable : mdp_.coordinates) values.push_back(fmt::format("{}={}", variable.name, variable.value[at]));
      put(out, "//[{}]\n", fmt::join(values, " & "));
    }
    for (auto pair = mdp_.action_offset[at]; pair < mdp_.action_offset[at + 1]; ++pair) action(out, pair, pair - mdp_.action_offset[at]);
  }

 private:
  void action(Text& out, std::int64_t pair, std::int64_t index) const {
    auto const at = static_cast<std::size_t>(pair);
    auto const name = mdp_.action_name.empty() ? -2 : mdp_.action_name_index[at];
    put(out, "\taction {}", name == -2 ? std::to_string(index) : name == -1 ? "__NOLABEL__" : mdp_.action_name[static_cast<std::size_t>(name)]);
    if (!mdp_.rewards.empty()) {
      std::vector<double> rewards;
      for (auto const& reward : mdp_.rewards) rewards.push_back(reward.value[at]);
      put(out, " [{}]", fmt::join(rewards, ", "));
    }
    put(out, "\n");
    for (auto t = mdp_.transition_offset[at]; t < mdp_.transition_offset[at + 1]; ++t) {
      auto const i = static_cast<std::size_t>(t);
      put(out, "\t\t{} : ", mdp_.next_state[i]);
      if (mdp_.probability_upper.empty()) {
        put(out, "{}\n", mdp_.probability[i]);
      } else {
        put(out, "[{}, {}]\n", mdp_.probability[i], mdp_.probability_upper[i]);
      }
    }
  }

  std::filesystem::path const& path_;
  ExplicitMdp const& mdp_;
  std::vector<std::string> reward_names_;
};

}  // namespace

void write_drn(std::filesystem::path const& path, ExplicitMdp const& mdp, RunRecord const&) {
  DrnWriter const writer(path, mdp);
  PendingPath const pending(path);
  pending.create();
  std::ofstream file(pending.growing(), std::ios::binary | std::ios::trunc);
  Text text;
  auto const flush = [&] {
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    text.clear();
    if (file.good()) return;
    std::string const reason = std::strerror(errno);
    pending.discard();
    fail(ExitCode::cannot_write, "{}", pending.message(reason));
  };
  constexpr std::size_t piece = std::size_t{1} << 20;
  writer.header(text);
  for (std::int64_t s = 0; s < mdp.states(); ++s) {
    writer.state(text, s);
    if (text.size() > piece) flush();
  }
  flush();
  file.close();
  flush();
  pending.sync();
  pending.publish();
}

}  // namespace bellshard::io
