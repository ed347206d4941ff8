#pragma once
// A plain serial solver of small models, the oracle of the engine: shares no code with it but the rows that it reads.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "src/mdp/rows.hpp"

namespace plain {

enum class Best { least, most };

struct Solution {
  std::vector<double> value;
  std::vector<int> action;
};

/// Q of one pair.
inline double q_of(bellshard::mdp::Rows const& rows, std::int64_t pair, std::vector<double> const& value, double discount) {
  double sum = 0;
  for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) sum += rows.probability[t] * value[rows.next_state[t]];
  return rows.reward[pair] + discount * sum;
}

/// T value, and the lowest best action of each state.
inline Solution backup(bellshard::mdp::Rows const& rows, std::vector<double> const& value, double discount, Best best) {
  Solution next;
  for (std::int64_t s = 0; s < rows.states; ++s) {
    double chosen = 0;
    int action = -1;
    for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
      double const q = q_of(rows, pair, value, discount);
      if (action >= 0 && !(best == Best::most ? q > chosen : q < chosen)) continue;
      chosen = q;
      action = static_cast<int>(pair - rows.action_offset[s]);
    }
    next.value.push_back(chosen);
    next.action.push_back(action);
  }
  return next;
}

/// Discounted values of a whole model by sweeps until the bounds of MacQueen (1966) are `width` apart; their middle.
inline Solution solve(bellshard::mdp::Rows const& rows, double discount, Best best, double width = 1e-9) {
  Solution now{std::vector<double>(static_cast<std::size_t>(rows.states), 0.0), {}};
  for (;;) {
    auto next = backup(rows, now.value, discount, best);
    double low = next.value[0] - now.value[0], high = low;
    for (std::size_t s = 0; s < next.value.size(); ++s) {
      low = std::min(low, next.value[s] - now.value[s]);
      high = std::max(high, next.value[s] - now.value[s]);
    }
    double const factor = discount / (1 - discount);
    if (factor * (high - low) <= width) {
      for (auto& value : next.value) value += factor * 0.5 * (low + high);
      return next;
    }
    now = std::move(next);
  }
}

/// Long-run average reward by relative value iteration, for models where every policy mixes; the middle of its bounds.
inline double gain(bellshard::mdp::Rows const& rows, Best best, double width = 1e-10) {
  std::vector<double> value(static_cast<std::size_t>(rows.states), 0.0);
  for (;;) {
    auto next = backup(rows, value, 1, best).value;
    double low = next[0] - value[0], high = low;
    for (std::size_t s = 0; s < next.size(); ++s) {
      low = std::min(low, next[s] - value[s]);
      high = std::max(high, next[s] - value[s]);
    }
    if (high - low <= width) return 0.5 * (low + high);
    for (auto& v : next) v -= low;
    value = std::move(next);
  }
}

}  // namespace plain
