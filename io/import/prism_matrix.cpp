#include "io/import/prism_matrix.hpp"

#include <algorithm>
#include <tuple>

#include "io/import/model_builder.hpp"
#include "io/import/text_file.hpp"

namespace bellshard::io {
namespace {

struct Entry {
  std::int64_t state, choice, next;
  TextFile::Range probability;
  std::string action;
  auto order() const { return std::tie(state, choice); }
};

/// One line; an interval may have a blank behind its comma.
Entry entry_of(TextFile const& file, std::size_t numbers, std::int64_t states) {
  auto const line = file.line();
  auto const open = line.find('[');
  auto const close = line.find(']');
  std::vector<std::string_view> words;
  if (open == std::string_view::npos) {
    words = words_of(line);
  } else {
    if (close == std::string_view::npos) file.refuse("\"{}\": the interval has no closing bracket", line);
    words = words_of(line.substr(0, open));
    words.push_back(line.substr(open, close + 1 - open));
    for (auto const word : words_of(line.substr(close + 1))) words.push_back(word);
  }
  if (words.size() != numbers && words.size() != numbers + 1) {
    file.refuse("\"{}\" has {} words, but {} and perhaps the name of an action are expected ({})", line, words.size(), numbers,
                numbers == 3 ? "STATE NEXT PROBABILITY" : "STATE CHOICE NEXT PROBABILITY");
  }
  Entry entry{file.index(words[0], "the number of a state"), numbers == 3 ? 0 : file.index(words[1], "the index of a choice"),
              file.index(words[numbers - 2], "the number of a next state"), file.range(words[numbers - 1]), ""};
  if (entry.state >= states || entry.next >= states) {
    file.refuse("state {} does not exist: the first line says {} states", std::max(entry.state, entry.next), states);
  }
  if (words.size() > numbers) entry.action = words.back();
  return entry;
}

}  // namespace

PrismMatrix read_prism_matrix(std::filesystem::path const& path) {
  TextFile file(path);
  if (!file.next_content("#")) file.refuse("the file is empty; its first line has the numbers of states and transitions");
  auto const sizes = words_of(file.line());
  if (sizes.size() != 2 && sizes.size() != 3) {
    file.refuse("\"{}\" stands where STATES TRANSITIONS (Markov chain) or STATES CHOICES TRANSITIONS (MDP) is expected", file.line());
  }
  bool const chain = sizes.size() == 2;
  auto const states = file.index(sizes[0], "the number of states");
  auto const choices = chain ? states : file.index(sizes[1], "the number of choices");
  auto const transitions = file.index(sizes.back(), "the number of transitions");

  std::vector<Entry> entries;
  while (file.next_content("#")) entries.push_back(entry_of(file, chain ? 3 : 4, states));
  if (static_cast<std::int64_t>(entries.size()) != transitions) {
    file.refuse("the file ends after {} transitions, but its first line says {}; make or copy it again", entries.size(), transitions);
  }
  std::stable_sort(entries.begin(), entries.end(), [](auto const& a, auto const& b) { return a.order() < b.order(); });

  ModelBuilder model;
  std::int64_t choice = -1;  // of the open state
  auto const open_states_to = [&](std::int64_t state) {
    while (model.states() <= state) {
      if (model.states() > 0 && choice < 0) {
        fail(ExitCode::bad_input, "{}: state {} has no transition; let PRISM add loops to deadlocks (its default, -fixdl)", path.string(), model.states() - 1);
      }
      model.begin_state();
      choice = -1;
    }
  };
  for (auto const& entry : entries) {
    open_states_to(entry.state);
    if (entry.choice != choice) {
      ++choice;
      BELLSHARD_INPUT(entry.choice == choice, "{}: state {} has a choice {} but no choice {}; choices count from 0", path.string(), entry.state,
                      entry.choice, choice);
      model.begin_pair(chain ? std::string_view{} : entry.action);
    }
    model.transition(entry.next, entry.probability);
  }
  open_states_to(states - 1);
  BELLSHARD_INPUT(states > 0 && choice >= 0, "{}: state {} has no transition; let PRISM add loops to deadlocks (its default, -fixdl)", path.string(), states - 1);
  BELLSHARD_INPUT(model.pairs() == choices, "{}: there are {} choices, but its first line says {}; make or copy it again", path.string(),
                  model.pairs(), choices);
  return {model.finish(), chain};
}

}  // namespace bellshard::io
