#include "src/mdp/outcomes.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace bellshard::mdp {

Outcomes with_pair_rewards(Rows rows) {
  Outcomes outcomes;
  outcomes.reward.resize(rows.next_state.size());
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    auto const p = static_cast<std::size_t>(pair);
    std::fill(outcomes.reward.begin() + rows.transition_offset[p], outcomes.reward.begin() + rows.transition_offset[p + 1], rows.reward[p]);
  }
  outcomes.rows = std::move(rows);
  return outcomes;
}

void sort_outcomes(Outcomes& outcomes) {
  using Outcome = std::tuple<double, std::int64_t, double>;  // reward, next state, probability
  auto& rows = outcomes.rows;
  std::vector<Outcome> pair_outcomes;
  std::size_t kept = 0;
  std::int64_t begin = 0;
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    auto& end = rows.transition_offset[static_cast<std::size_t>(pair) + 1];
    pair_outcomes.clear();
    for (auto t = static_cast<std::size_t>(begin); t < static_cast<std::size_t>(end); ++t) {
      if (rows.probability[t] > 0) pair_outcomes.emplace_back(outcomes.reward[t] + 0.0, rows.next_state[t], rows.probability[t]);  // + 0: no negative zero
    }
    std::stable_sort(pair_outcomes.begin(), pair_outcomes.end(), [](Outcome const& a, Outcome const& b) {
      return std::pair(std::get<0>(a), std::get<1>(a)) < std::pair(std::get<0>(b), std::get<1>(b));
    });
    auto const first = kept;
    for (auto const& [reward, next, probability] : pair_outcomes) {
      bool const again = kept > first && outcomes.reward[kept - 1] == reward && rows.next_state[kept - 1] == next;
      if (again) {
        rows.probability[kept - 1] += probability;
        continue;
      }
      outcomes.reward[kept] = reward;
      rows.next_state[kept] = next;
      rows.probability[kept++] = probability;
    }
    begin = std::exchange(end, static_cast<std::int64_t>(kept));
  }
  outcomes.reward.resize(kept);
  rows.next_state.resize(kept);
  rows.probability.resize(kept);
}

}  // namespace bellshard::mdp
