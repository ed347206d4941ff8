#include "io/import/drn.hpp"

#include <algorithm>
#include <utility>

#include "io/import/model_builder.hpp"
#include "io/import/text_file.hpp"
#include "io/mdp/check.hpp"

namespace bellshard::io {
namespace {

class DrnReader {
 public:
  explicit DrnReader(std::filesystem::path const& path) : origin_(path.string()), file_(path) {}

  ExplicitMdp read() {
    header();
    while (file_.next()) {
      auto const line = file_.line();
      if (line.empty()) continue;
      if (line.starts_with("//")) {
        comment(line.substr(2));
      } else if (line.starts_with("state ")) {
        state(trimmed(line.substr(6)));
      } else if (line.starts_with("action ")) {
        action(trimmed(line.substr(7)));
      } else {
        transition(line);
      }
    }
    if (model_.states() != states_) file_.refuse("the file ends after {} states, but @nr_states says {}; make or copy it again", model_.states(), states_);
    if (choices_ >= 0 && model_.pairs() != choices_) {
      file_.refuse("the file ends after {} actions, but @nr_choices says {}; make or copy it again", model_.pairs(), choices_);
    }
    auto mdp = model_.finish();
    add_rewards(mdp);
    if (valued_states_ == states_) mdp.coordinates = std::move(variables_);
    check(mdp, origin_);
    return mdp;
  }

 private:
  void header() {
    bool typed = false;
    while (file_.next_content("//")) {
      auto const line = file_.line();
      if (line.starts_with("@type:")) {
        type(trimmed(line.substr(6)));
        typed = true;
      } else if (line.starts_with("@value_type:")) {
        auto const value = trimmed(line.substr(12));
        if (value == "parametric") file_.refuse("the model is parametric; give its parameters values in Storm and export it again");
      } else if (line == "@parameters") {
        if (!trimmed(section()).empty()) file_.refuse("the model has parameters; give them values in Storm and export it again");
      } else if (line == "@placeholders") {
        file_.refuse("placeholders stand for formulas, which are not read; export the model without them");
      } else if (line == "@reward_models") {
        for (auto const name : words_of(section())) reward_names_.emplace_back(name);
      } else if (line == "@nr_states") {
        states_ = file_.index(section(), "the number of states");
      } else if (line == "@nr_choices") {
        choices_ = file_.index(section(), "the number of choices");
      } else if (line == "@model") {
        if (!typed) file_.refuse("@type is missing before @model");
        if (states_ < 0) file_.refuse("@nr_states is missing before @model");
        return;
      } else {
        file_.refuse("\"{}\" is no section of a DRN header", line);
      }
    }
    file_.refuse("the file ends before @model; it is no DRN file, or truncated");
  }

  /// The line behind a section's name.
  std::string_view section() {
    if (!file_.next()) file_.refuse("the file ends within its header; make or copy it again");
    return file_.line();
  }

  void type(std::string_view name) const {
    for (auto const* known : {"DTMC", "MDP", "IDTMC", "IMDP"}) {
      if (name == known) return;
    }
    for (auto const* continuous : {"CTMC", "Markov Automaton", "MA"}) {
      if (name == continuous) file_.refuse("@type: {} runs in continuous time (want DTMC or MDP); export its embedded or uniformised chain", name);
    }
    file_.refuse("@type: {} is not read (want DTMC or MDP)", name);
  }

  void state(std::string_view rest) {
    if (model_.states() > 0) need_action();
    auto const number = file_.index(take_word(rest), "the number of a state");
    if (number != model_.states()) file_.refuse("state {} follows state {}; states count from 0 without gaps", number, model_.states() - 1);
    if (number >= states_) file_.refuse("state {} is one too many: @nr_states says {}", number, states_);
    model_.begin_state();
    state_rewards_.push_back(take_rewards(rest));
    while (!rest.empty()) model_.label(take_label(rest), number);
  }

  void action(std::string_view rest) {
    if (model_.states() == 0) file_.refuse("an action stands before the first state");
    auto const name = take_word(rest);
    model_.begin_pair(name == "__NOLABEL__" ? std::string_view{} : name);
    action_rewards_.push_back(take_rewards(rest));
  }

  void transition(std::string_view line) {
    auto const colon = line.find(':');
    if (colon == std::string_view::npos) file_.refuse("\"{}\" is neither a state, an action nor a transition (NEXT : PROBABILITY)", line);
    if (model_.states() == 0) file_.refuse("a transition stands before the first state");
    if (!model_.state_has_pair()) {  // Markov chains may leave their one action out
      model_.begin_pair();
      action_rewards_.emplace_back();
    }
    auto const next = file_.index(trimmed(line.substr(0, colon)), "the number of a next state");
    if (next >= states_) file_.refuse("next state {} does not exist: @nr_states says {}", next, states_);
    model_.transition(next, file_.range(trimmed(line.substr(colon + 1))));
  }

  void need_action() const {
    if (!model_.state_has_pair()) {
      file_.refuse("state {} has no action; every state needs at least one: for an absorbing state, an action that stays with probability 1",
                   model_.states() - 1);
    }
  }

  std::string_view take_word(std::string_view& rest) const {
    auto const end = std::min(rest.find_first_of(" \t"), rest.size());
    auto const word = rest.substr(0, end);
    rest = trimmed(rest.substr(end));
    return word;
  }

  /// A label, in quotes or not.
  std::string_view take_label(std::string_view& rest) const {
    if (!rest.starts_with('"')) return take_word(rest);
    auto const close = rest.find('"', 1);
    if (close == std::string_view::npos) file_.refuse("a label has no closing quote");
    auto const name = rest.substr(1, close - 1);
    rest = trimmed(rest.substr(close + 1));
    return name;
  }

  std::vector<double> take_rewards(std::string_view& rest) {
    if (rest.starts_with('{')) file_.refuse("observations belong to partially observed models, which are not read");
    if (rest.starts_with('!')) file_.refuse("exit rates belong to models in continuous time, which are not read");
    if (!rest.starts_with('[')) return {};
    auto const close = rest.find(']');
    if (close == std::string_view::npos) file_.refuse("the rewards have no closing bracket");
    std::vector<double> rewards;
    for (auto const word : parts_of(rest.substr(1, close - 1), ',')) rewards.push_back(file_.real(word, "a reward"));
    rewards_ = std::max(rewards_, rewards.size());
    rest = trimmed(rest.substr(close + 1));
    return rewards;
  }

  /// "[x=1 & y=2 & !b]" behind a state.
  void comment(std::string_view text) {
    text = trimmed(text);
    bool const valuation = text.starts_with('[') && text.ends_with(']') && model_.states() > 0 && valued_states_ == model_.states() - 1;
    if (!valuation) return;
    auto const parts = parts_of(text.substr(1, text.size() - 2), '&');
    if (valued_states_ == 0) variables_.resize(parts.size());
    if (parts.size() != variables_.size()) return;
    for (std::size_t v = 0; v < parts.size(); ++v) {
      auto name = parts[v];
      auto const equals = name.find('=');
      double value = name.starts_with('!') ? 0 : 1;
      if (equals != std::string_view::npos) {
        value = file_.real(trimmed(name.substr(equals + 1)), "the value of a variable");
        name = trimmed(name.substr(0, equals));
      } else if (value == 0) {
        name.remove_prefix(1);
      }
      if (valued_states_ == 0) variables_[v].name = name;
      if (variables_[v].name != name) return;
      variables_[v].value.resize(static_cast<std::size_t>(valued_states_));
      variables_[v].value.push_back(value);
    }
    ++valued_states_;
  }

  void add_rewards(ExplicitMdp& mdp) {
    auto const models = std::max(rewards_, reward_names_.size());
    auto const part = [](std::vector<double> const& rewards, std::size_t model) { return model < rewards.size() ? rewards[model] : 0.0; };
    for (std::size_t model = 0; model < models; ++model) {
      auto& reward = mdp.rewards.emplace_back();
      reward.name = model < reward_names_.size() ? reward_names_[model] : fmt::format("rew{}", model);
      for (std::size_t s = 0; s < state_rewards_.size(); ++s) {
        for (auto pair = mdp.action_offset[s]; pair < mdp.action_offset[s + 1]; ++pair) {
          reward.value.push_back(part(state_rewards_[s], model) + part(action_rewards_[static_cast<std::size_t>(pair)], model));
        }
      }
    }
  }

  std::string origin_;
  TextFile file_;
  ModelBuilder model_;
  std::int64_t states_ = -1;
  std::int64_t choices_ = -1;
  std::size_t rewards_ = 0;
  std::vector<std::string> reward_names_;
  std::vector<std::vector<double>> state_rewards_;
  std::vector<std::vector<double>> action_rewards_;
  std::vector<ExplicitMdp::Named<double>> variables_;
  std::int64_t valued_states_ = 0;
};

}  // namespace

ExplicitMdp read_drn(std::filesystem::path const& path) { return DrnReader(path).read(); }

}  // namespace bellshard::io
