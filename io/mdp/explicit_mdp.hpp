#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace bellshard::io {

/// A whole Markov decision process in memory, as the importers of `bellshard convert` read it and the exporters write it.
/// S states, P pairs of a state and one of its actions, N transitions. A Markov chain has one pair a state.
struct ExplicitMdp {
  std::vector<std::int64_t> action_offset{0};      ///< [S+1] pairs of state s: action_offset[s] .. action_offset[s+1]-1
  std::vector<std::int64_t> transition_offset{0};  ///< [P+1] transitions of a pair
  std::vector<std::int64_t> next_state;            ///< [N]
  std::vector<double> probability;                 ///< [N]; interval MDPs: the lower end
  std::vector<double> probability_upper;           ///< [N]; interval MDPs alone, else empty

  /// Numbers for each pair (rewards) or state (labels 0 or 1, valuations and coordinates), by name.
  template <class T>
  struct Named {
    std::string name;
    std::vector<T> value;
    bool operator==(Named const&) const = default;
  };
  std::vector<Named<double>> rewards;          ///< [P] expected immediate reward of the pair; the first is the default one
  std::vector<Named<std::uint8_t>> labels;     ///< [S]; "init" marks the initial states
  std::vector<Named<double>> coordinates;      ///< [S] variables of the state ("s1", "x", "latitude")
  std::vector<std::string> state_name;         ///< [S] or empty
  std::vector<std::string> action_name;        ///< the distinct names of actions, or empty
  std::vector<std::int32_t> action_name_index; ///< [P] into action_name, -1 where a pair has none; empty with action_name

  std::int64_t states() const { return static_cast<std::int64_t>(action_offset.size()) - 1; }
  std::int64_t pairs() const { return static_cast<std::int64_t>(transition_offset.size()) - 1; }
  std::int64_t transitions() const { return static_cast<std::int64_t>(next_state.size()); }
  bool operator==(ExplicitMdp const&) const = default;
};

}  // namespace bellshard::io
