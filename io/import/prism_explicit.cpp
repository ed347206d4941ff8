#include "io/import/prism_explicit.hpp"

#include "io/import/prism_matrix.hpp"
#include "io/import/text_file.hpp"
#include "io/mdp/check.hpp"

namespace bellshard::io {
namespace {

std::int64_t state_number(TextFile const& file, std::string_view word, std::int64_t states) {
  auto const state = file.index(word, "the number of a state");
  if (state >= states) file.refuse("state {} does not exist: the model has {}", state, states);
  return state;
}

/// 0="init" 1="deadlock", then "STATE: LABEL LABEL ...".
void read_labels(std::filesystem::path const& path, ExplicitMdp& mdp) {
  TextFile file(path);
  auto const states = mdp.states();
  if (!file.next_content("#")) file.refuse("the file is empty; its first line lists the labels: 0=\"init\" ...");
  for (auto rest = file.line(); !rest.empty();) {
    auto const quote = rest.find("=\"");
    auto const close = quote == std::string_view::npos ? quote : rest.find('"', quote + 2);
    if (close == std::string_view::npos) file.refuse("\"{}\" stands where a label is expected (N=\"NAME\")", rest);
    if (file.index(rest.substr(0, quote), "the number of a label") != static_cast<std::int64_t>(mdp.labels.size())) {
      file.refuse("labels must count 0, 1, 2, ...");
    }
    mdp.labels.push_back({std::string(rest.substr(quote + 2, close - quote - 2)), std::vector<std::uint8_t>(static_cast<std::size_t>(states), 0)});
    rest = trimmed(rest.substr(close + 1));
  }
  while (file.next_content("#")) {
    auto const colon = file.line().find(':');
    if (colon == std::string_view::npos) file.refuse("\"{}\" stands where STATE: LABEL ... is expected", file.line());
    auto const state = state_number(file, trimmed(file.line().substr(0, colon)), states);
    for (auto const word : words_of(file.line().substr(colon + 1))) {
      auto const label = static_cast<std::size_t>(file.index(word, "the number of a label"));
      if (label >= mdp.labels.size()) file.refuse("label {} does not exist: the first line names {}", label, mdp.labels.size());
      mdp.labels[label].value[static_cast<std::size_t>(state)] = 1;
    }
  }
}

/// "(s,t)", then "STATE:(0,true)".
void read_variables(std::filesystem::path const& path, ExplicitMdp& mdp) {
  TextFile file(path);
  auto const inside = [&](std::string_view text) {
    if (!text.starts_with('(') || !text.ends_with(')')) file.refuse("\"{}\" stands where a list in parentheses is expected", text);
    return parts_of(text.substr(1, text.size() - 2), ',');
  };
  if (!file.next_content("#")) file.refuse("the file is empty; its first line names the variables: (s,t)");
  for (auto const name : inside(file.line())) mdp.coordinates.push_back({std::string(name), {}});
  std::int64_t seen = 0;
  while (file.next_content("#")) {
    auto const colon = file.line().find(':');
    if (colon == std::string_view::npos) file.refuse("\"{}\" stands where STATE:(VALUES) is expected", file.line());
    auto const state = state_number(file, trimmed(file.line().substr(0, colon)), mdp.states());
    if (state != seen++) file.refuse("state {} stands where state {} is expected; states must come in their order", state, seen - 1);
    auto const values = inside(trimmed(file.line().substr(colon + 1)));
    if (values.size() != mdp.coordinates.size()) file.refuse("{} values for {} variables", values.size(), mdp.coordinates.size());
    for (std::size_t v = 0; v < values.size(); ++v) {
      bool const truth = values[v] == "true" || values[v] == "false";
      mdp.coordinates[v].value.push_back(truth ? (values[v] == "true" ? 1 : 0) : file.real(values[v], "the value of a variable"));
    }
  }
  if (seen != mdp.states()) file.refuse("the file ends after {} of {} states; make or copy it again", seen, mdp.states());
}

/// # Reward structure "coins"
std::string name_in_comment(std::string_view line) {
  auto const quote = line.find('"');
  auto const close = quote == std::string_view::npos ? quote : line.find('"', quote + 1);
  bool const names = line.starts_with("# Reward structure") && close != std::string_view::npos;
  return names ? std::string(line.substr(quote + 1, close - quote - 1)) : std::string();
}

/// One reward from a file of states' and one of transitions' rewards, either of which may be missing.
class RewardReader {
 public:
  RewardReader(PrismMatrix const& matrix, ExplicitMdp const& mdp) : matrix_(matrix), mdp_(mdp), reward_(static_cast<std::size_t>(mdp.pairs()), 0.0) {}

  void add_states(std::filesystem::path const& path) {
    TextFile file(path);
    head(file);
    while (file.next_content("#")) {
      auto const words = words_of(file.line());
      if (words.size() != 2) file.refuse("\"{}\" stands where STATE REWARD is expected", file.line());
      auto const state = static_cast<std::size_t>(state_number(file, words[0], mdp_.states()));
      auto const value = file.real(words[1], "a reward");
      for (auto pair = mdp_.action_offset[state]; pair < mdp_.action_offset[state + 1]; ++pair) reward_[static_cast<std::size_t>(pair)] += value;
    }
  }

  void add_transitions(std::filesystem::path const& path) {
    TextFile file(path);
    head(file);
    bool const chain = matrix_.markov_chain;
    std::vector<double> given(static_cast<std::size_t>(mdp_.transitions()), 0.0);
    while (file.next_content("#")) {
      auto const words = words_of(file.line());
      if (words.size() != (chain ? 3U : 4U)) file.refuse("\"{}\" stands where {} is expected", file.line(), chain ? "STATE NEXT REWARD" : "STATE CHOICE NEXT REWARD");
      auto const state = static_cast<std::size_t>(state_number(file, words[0], mdp_.states()));
      auto const choice = chain ? 0 : file.index(words[1], "the index of a choice");
      if (choice >= mdp_.action_offset[state + 1] - mdp_.action_offset[state]) file.refuse("state {} has no choice {}", state, choice);
      auto const pair = static_cast<std::size_t>(mdp_.action_offset[state] + choice);
      auto const next = state_number(file, words[words.size() - 2], mdp_.states());
      bool found = false;
      for (auto t = mdp_.transition_offset[pair]; t < mdp_.transition_offset[pair + 1]; ++t) {
        if (mdp_.next_state[static_cast<std::size_t>(t)] != next) continue;
        given[static_cast<std::size_t>(t)] = file.real(words.back(), "a reward");
        found = true;
      }
      if (!found) file.refuse("choice {} of state {} does not lead to state {}", choice, state, next);
    }
    for (std::size_t pair = 0; pair < reward_.size(); ++pair) reward_[pair] += expected(file, pair, given);
  }

  ExplicitMdp::Named<double> take(std::string const& name) { return {name_.empty() ? name : name_, std::move(reward_)}; }

 private:
  /// Comments, which may name the reward, and the line of sizes, which is not needed.
  void head(TextFile& file) {
    while (file.next()) {
      if (!file.line().starts_with('#')) break;
      auto const name = name_in_comment(file.line());
      if (!name.empty()) name_ = name;
    }
  }

  double expected(TextFile const& file, std::size_t pair, std::vector<double> const& given) const {
    double sum = 0;
    auto const first = static_cast<std::size_t>(mdp_.transition_offset[pair]);
    for (auto t = first; t < static_cast<std::size_t>(mdp_.transition_offset[pair + 1]); ++t) {
      if (!mdp_.probability_upper.empty() && given[t] != given[first]) {
        file.refuse("pair {} has different rewards for its next states, and no expected one while its probabilities are intervals", pair);
      }
      sum += mdp_.probability[t] * given[t];
    }
    return mdp_.probability_upper.empty() ? sum : given[first];
  }

  PrismMatrix const& matrix_;
  ExplicitMdp const& mdp_;
  std::vector<double> reward_;
  std::string name_;
};

}  // namespace

ExplicitMdp read_prism(std::filesystem::path const& path) {
  auto matrix = read_prism_matrix(path);
  auto& mdp = matrix.mdp;
  auto const beside = [&](std::string const& end) { return path.parent_path() / (path.stem().string() + end); };
  auto const exists = [](std::filesystem::path const& file) { return std::filesystem::exists(file); };

  if (exists(beside(".lab"))) {
    read_labels(beside(".lab"), mdp);
  } else {
    std::vector<std::uint8_t> first(static_cast<std::size_t>(mdp.states()), 0);
    first[0] = 1;
    mdp.labels.push_back({"init", std::move(first)});
  }
  if (exists(beside(".sta"))) read_variables(beside(".sta"), mdp);
  for (int number = 0;; ++number) {
    auto const count = number == 0 ? "" : std::to_string(number);
    auto const states = beside(count + ".srew"), transitions = beside(count + ".trew");
    if (!exists(states) && !exists(transitions)) {
      if (number == 0) continue;
      break;
    }
    RewardReader reader(matrix, mdp);
    if (exists(states)) reader.add_states(states);
    if (exists(transitions)) reader.add_transitions(transitions);
    mdp.rewards.push_back(reader.take("reward" + count));
  }
  check(mdp, path.string());
  return std::move(mdp);
}

}  // namespace bellshard::io
