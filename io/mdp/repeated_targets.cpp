#include "io/mdp/repeated_targets.hpp"

#include <algorithm>

namespace bellshard::io {

void merge_repeated_targets(ExplicitMdp& mdp) {
  bool const interval = !mdp.probability_upper.empty();
  // Where a state stands among the transitions that are kept; older than the pair's first where the pair has not met it yet.
  std::vector<std::int64_t> place(static_cast<std::size_t>(mdp.states()), -1);
  std::int64_t kept = 0, begin = 0;
  for (std::size_t pair = 0; pair + 1 < mdp.transition_offset.size(); ++pair) {
    auto const first = kept;
    auto const end = mdp.transition_offset[pair + 1];
    for (auto t = begin; t < end; ++t) {
      auto const from = static_cast<std::size_t>(t);
      auto& at = place[static_cast<std::size_t>(mdp.next_state[from])];
      bool const repeated = at >= first;
      if (!repeated) at = kept++;
      auto const to = static_cast<std::size_t>(at);
      mdp.next_state[to] = mdp.next_state[from];
      mdp.probability[to] = repeated ? std::min(1.0, mdp.probability[to] + mdp.probability[from]) : mdp.probability[from];
      if (!interval) continue;
      auto& upper = mdp.probability_upper;
      upper[to] = repeated ? std::min(1.0, upper[to] + upper[from]) : upper[from];
    }
    begin = end;
    mdp.transition_offset[pair + 1] = kept;
  }
  mdp.next_state.resize(static_cast<std::size_t>(kept));
  mdp.probability.resize(static_cast<std::size_t>(kept));
  if (interval) mdp.probability_upper.resize(static_cast<std::size_t>(kept));
}

}  // namespace bellshard::io
