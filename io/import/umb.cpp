#include "io/import/umb.hpp"

#include <algorithm>
#include <numeric>
#include <span>

#include "io/mdp/check.hpp"
#include "io/mdp/name_table.hpp"
#include "io/mdp/repeated_targets.hpp"
#include "io/umb/archive.hpp"
#include "io/umb/index.hpp"
#include "io/umb/numbers.hpp"
#include "io/umb/valuations.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using Kind = UmbType::Kind;
using Bytes = std::span<std::byte const>;

class UmbReader {
 public:
  explicit UmbReader(std::filesystem::path const& path) : origin_(path.string()), entries_(read_archive(path)) {
    auto const entry = entries_.find("index.json");
    BELLSHARD_INPUT(entry != entries_.end(), "{}: has no index.json, so it is no UMB file", origin_);
    std::string text(entry->second.size(), '\0');
    std::transform(entry->second.begin(), entry->second.end(), text.begin(), [](std::byte b) { return std::to_integer<char>(b); });
    index_ = parse_umb_index(text, origin_);
    refuse_other_models();
  }

  ExplicitMdp read() {
    ExplicitMdp mdp;
    // Backwards: so a number in index.json is held against the size of a file before anything is made in that size.
    mdp.next_state = unpack_integers<std::uint64_t, std::int64_t>(required("branch-to-target.bin", index_.branches * 8));
    mdp.transition_offset = offsets("choice-to-branches.bin", index_.choices, index_.branches);
    mdp.action_offset = offsets("state-to-choices.bin", index_.states, index_.choices);
    auto probability = numbers("branch-to-probability.bin", index_.branches, *index_.probability);
    mdp.probability = std::move(probability.lower);
    mdp.probability_upper = std::move(probability.upper);
    // Rewards of branches are summed along the offsets: these have to be right first.
    check(mdp, origin_);
    read_labels(mdp);
    for (auto const& reward : index_.rewards) mdp.rewards.push_back({reward.name(), expected_reward(mdp, reward)});
    read_actions(mdp);
    read_valuations(mdp);
    check(mdp, origin_);
    merge_repeated_targets(mdp);
    return mdp;
  }

 private:
  void refuse_other_models() const {
    BELLSHARD_INPUT(index_.format_version == 1, "{}: is UMB version {}, but this Bellshard reads version 1", origin_,
                    index_.format_version);
    BELLSHARD_INPUT(index_.time == "discrete", "{}: runs in {} time, but Bellshard solves models in discrete time; uniformise it first",
                    origin_, index_.time);
    BELLSHARD_INPUT(index_.players <= 1, "{}: is a game of {} players, but Bellshard solves models with one", origin_, index_.players);
    BELLSHARD_INPUT(index_.observations == 0,
                    "{}: is partially observable, but Bellshard solves models whose states are seen; export the underlying MDP", origin_);
    BELLSHARD_INPUT(index_.probability.has_value(), "{}: its branches have no probabilities, so it is no Markov model", origin_);
    auto const kind = end_of_interval(*index_.probability).kind;
    BELLSHARD_INPUT(kind == Kind::real || kind == Kind::rational, "{}: index.json: probabilities must be double or rational", origin_);
  }

  /// Bytes of a file of the archive; nothing where it is absent. Exit 4 where it has another size.
  Bytes find(std::string const& name, std::int64_t size) const {
    auto const entry = entries_.find(name);
    if (entry == entries_.end()) return {};
    auto const bytes = static_cast<std::int64_t>(entry->second.size());
    BELLSHARD_INPUT(bytes == size, "{}: {} has {} bytes, but index.json asks for {}", origin_, name, bytes, size);
    return entry->second;
  }
  bool has(std::string const& name) const { return entries_.contains(name); }
  Bytes required(std::string const& name, std::int64_t size) const {
    BELLSHARD_INPUT(has(name), "{}: lacks {}; export the model again", origin_, name);
    return find(name, size);
  }

  /// A CSR file; where it is absent, each item has one.
  std::vector<std::int64_t> offsets(std::string const& name, std::int64_t items, std::int64_t last) const {
    if (has(name)) return unpack_integers<std::uint64_t, std::int64_t>(find(name, (items + 1) * 8));
    BELLSHARD_INPUT(items == last, "{}: lacks {}, which may be left out only where {} and {} are the same number", origin_, name, items,
                    last);
    std::vector<std::int64_t> one_each(static_cast<std::size_t>(items) + 1);
    std::iota(one_each.begin(), one_each.end(), std::int64_t{0});
    return one_each;
  }

  /// A TO1 file; where it is absent, all are 0.
  UmbNumbers numbers(std::string const& name, std::int64_t items, UmbType const& type) const {
    BELLSHARD_INPUT(type.bits % 64 == 0, "{}: index.json: numbers of {} have {} bits, but a multiple of 64 is needed", origin_, name,
                    type.bits);
    if (has(name)) return unpack_numbers(find(name, items * (type.bits / 8)), items, type);
    return {std::vector<double>(static_cast<std::size_t>(items)), {}};
  }
  std::vector<std::uint8_t> bools(std::string const& name, std::int64_t items) const {
    if (has(name)) return unpack_bools(find(name, bool_bytes(items)), items);
    return std::vector<std::uint8_t>(static_cast<std::size_t>(items));
  }

  std::vector<std::string> strings(std::string const& folder, std::int64_t count) const {
    NameTable table;
    table.offset = unpack_integers<std::uint64_t, std::int64_t>(required(folder + "/string-mapping.bin", (count + 1) * 8));
    auto const entry = entries_.find(folder + "/strings.bin");
    if (entry != entries_.end()) table.bytes = unpack_integers<std::uint8_t, std::uint8_t>(entry->second);
    return unpack_names(table, origin_ + ": " + folder + "/string-mapping.bin");
  }

  void read_labels(ExplicitMdp& mdp) const {
    if (index_.initial_states > 0) mdp.labels.push_back({"init", bools("state-is-initial.bin", index_.states)});
    for (auto const& label : index_.labels) {
      bool const of_states = label.applies_to == std::vector<std::string>{"states"} && label.type == UmbType{Kind::boolean, 1};
      BELLSHARD_INPUT(of_states && !label.stochastic, "{}: index.json: label {} must be Boolean and apply to states", origin_,
                      label.name());
      if (label.name() == "init" && index_.initial_states > 0) continue;  // some tools write them twice
      mdp.labels.push_back({label.name(), bools("annotations/aps/" + label.id + "/states/values.bin", index_.states)});
    }
  }

  /// r(pair) = reward of its state + its own + sum p * reward of the branch.
  std::vector<double> expected_reward(ExplicitMdp const& mdp, UmbAnnotation const& reward) const {
    bool const plain = (reward.type.kind == Kind::real || reward.type.kind == Kind::rational) && !reward.stochastic;
    BELLSHARD_INPUT(plain, "{}: index.json: reward {} must be one double or rational each; intervals and distributions are not solved",
                    origin_, reward.name());
    auto const values = [&](std::string const& what, std::int64_t items) {
      return numbers("annotations/rewards/" + reward.id + "/" + what + "/values.bin", items, reward.type).lower;
    };
    std::vector<double> expected(static_cast<std::size_t>(index_.choices));
    for (auto const& what : reward.applies_to) {
      if (what == "choices") {
        auto const of_choice = values(what, index_.choices);
        std::transform(expected.begin(), expected.end(), of_choice.begin(), expected.begin(), std::plus<>{});
      } else if (what == "states") {
        auto const of_state = values(what, index_.states);
        for (std::size_t state = 0; state < of_state.size(); ++state) {
          for (auto pair = mdp.action_offset[state]; pair < mdp.action_offset[state + 1]; ++pair) {
            expected[static_cast<std::size_t>(pair)] += of_state[state];
          }
        }
      } else if (what == "branches") {
        BELLSHARD_INPUT(mdp.probability_upper.empty(),
                        "{}: reward {} applies to branches whose probabilities are intervals, so it has no one expected value; give it to "
                        "choices or states",
                        origin_, reward.name());
        auto const of_branch = values(what, index_.branches);
        for (std::size_t pair = 0; pair < expected.size(); ++pair) {
          double mean = 0;
          for (auto t = mdp.transition_offset[pair]; t < mdp.transition_offset[pair + 1]; ++t) {
            mean += mdp.probability[static_cast<std::size_t>(t)] * of_branch[static_cast<std::size_t>(t)];
          }
          expected[pair] += mean;
        }
      } else {
        fail(ExitCode::bad_input, "{}: index.json: reward {} applies to {} (must be states, choices or branches)", origin_, reward.name(),
             what);
      }
    }
    return expected;
  }

  /// An action without a name, or with an empty one, is none.
  void read_actions(ExplicitMdp& mdp) const {
    if (index_.choice_actions == 0 || !has("actions/choices/string-mapping.bin")) return;
    auto const names = strings("actions/choices", index_.choice_actions);
    std::vector<std::uint32_t> used(static_cast<std::size_t>(index_.choices));
    if (has("actions/choices/values.bin")) {
      used = unpack_integers<std::uint32_t, std::uint32_t>(find("actions/choices/values.bin", index_.choices * 4));
    }
    std::vector<std::int32_t> position(names.size(), -1);
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i].empty()) continue;
      position[i] = static_cast<std::int32_t>(mdp.action_name.size());
      mdp.action_name.push_back(names[i]);
    }
    if (mdp.action_name.empty()) return;
    for (std::size_t pair = 0; pair < used.size(); ++pair) {
      BELLSHARD_INPUT(used[pair] < names.size(), "{}: actions/choices/values.bin: choice {} has action {} (must be below {})", origin_,
                      pair, used[pair], names.size());
      mdp.action_name_index.push_back(position[used[pair]]);
    }
  }

  void read_valuations(ExplicitMdp& mdp) const {
    auto const entry = entries_.find("valuations/states/valuations.bin");
    if (index_.classes.empty() || entry == entries_.end()) return;
    std::vector<std::uint32_t> class_of;
    if (has("valuations/states/valuation-to-class.bin")) {
      class_of = unpack_integers<std::uint32_t, std::uint32_t>(find("valuations/states/valuation-to-class.bin", index_.states * 4));
    }
    auto const texts = index_.strings > 0 ? strings("valuations/states", index_.strings) : std::vector<std::string>{};
    auto valuations = unpack_valuations(index_, entry->second, class_of, texts, origin_);
    mdp.coordinates = std::move(valuations.coordinates);
    mdp.state_name = std::move(valuations.state_name);
  }

  std::string origin_;
  ArchiveEntries entries_;
  UmbIndex index_;
};

}  // namespace

ExplicitMdp read_umb(std::filesystem::path const& path) { return UmbReader(path).read(); }

}  // namespace bellshard::io
