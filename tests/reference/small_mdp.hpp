#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <random>
#include <utility>
#include <vector>

#include "src/mdp/rows.hpp"

/// Plain serial oracle for models small enough to try every memoryless deterministic policy. Shares no code with the engine.
namespace reference {

struct SmallAction {
  double reward = 0;
  std::vector<std::pair<int, double>> next;  ///< state and probability
  std::vector<double> upper{};               ///< of interval models, where next has the lower ends
};

struct SmallMdp {
  std::vector<std::vector<SmallAction>> actions;  ///< [state][action]
  std::vector<std::uint8_t> target;
  std::vector<std::uint8_t> allowed;
  int states() const { return static_cast<int>(actions.size()); }
};

enum class Rewards { not_negative, any_sign };

/// Ragged actions, dyadic probabilities, many self-loops and loops without reward, absorbing states, unreachable parts.
inline SmallMdp random_mdp(std::uint64_t seed, Rewards rewards, int most_states = 6) {
  std::mt19937_64 random(seed);
  auto const below = [&](int n) { return static_cast<int>(random() % static_cast<std::uint64_t>(n)); };
  SmallMdp mdp;
  int const states = 1 + below(most_states);
  for (int s = 0; s < states; ++s) {
    auto& actions = mdp.actions.emplace_back(1 + below(3));
    for (auto& action : actions) {
      static double const splits[][3] = {{1, 0, 0}, {1, 0, 0}, {0.5, 0.5, 0}, {0.25, 0.75, 0}, {0.5, 0.25, 0.25}};
      auto const& split = splits[below(5)];
      std::vector<double> chance(states, 0);
      for (double p : split) chance[below(4) == 0 ? s : below(states)] += p;
      for (int t = 0; t < states; ++t) {
        if (chance[t] > 0) action.next.push_back({t, chance[t]});
      }
      int const draw = below(5);
      action.reward = draw < 2 ? 0 : draw - 1;
      if (rewards == Rewards::any_sign && below(2) == 0) action.reward = -action.reward;
    }
    mdp.target.push_back(below(4) == 0);
    mdp.allowed.push_back(below(8) != 0);
  }
  return mdp;
}

/// The rows of a block of states.
inline bellshard::mdp::Rows rows_of(SmallMdp const& mdp, bellshard::Block own) {
  bellshard::mdp::Rows rows;
  rows.own = own;
  rows.states = mdp.states();
  for (auto s = own.begin; s < own.end; ++s) {
    for (auto const& action : mdp.actions[s]) {
      for (auto const& [next, p] : action.next) {
        rows.next_state.push_back(next);
        rows.probability.push_back(p);
      }
      rows.probability_upper.insert(rows.probability_upper.end(), action.upper.begin(), action.upper.end());
      rows.reward.push_back(action.reward);
      rows.transition_offset.push_back(static_cast<std::int64_t>(rows.next_state.size()));
    }
    rows.action_offset.push_back(rows.pairs());
  }
  return rows;
}

/// Solves A x = b by elimination with row pivots.
inline std::vector<long double> solve_dense(std::vector<std::vector<long double>> a, std::vector<long double> b) {
  int const n = static_cast<int>(b.size());
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k; i < n; ++i) {
      if (std::fabs(a[i][k]) > std::fabs(a[pivot][k])) pivot = i;
    }
    std::swap(a[k], a[pivot]);
    std::swap(b[k], b[pivot]);
    for (int i = k + 1; i < n; ++i) {
      auto const factor = a[i][k] / a[k][k];
      for (int j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  }
  for (int k = n - 1; k >= 0; --k) {
    for (int j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

using Values = std::vector<long double>;

/// The Markov chain of one policy: an action for each state.
class SmallChain {
 public:
  SmallChain(SmallMdp const& mdp, std::vector<int> const& policy) : mdp_(mdp), policy_(policy) {
    auto const n = mdp.states();
    meets_ = mdp.target;
    for (int turn = 0; turn < n; ++turn) {
      for (int s = 0; s < n; ++s) {
        for (auto const& [t, p] : step(s)) meets_[s] = meets_[s] || (goes_on(s) && meets_[t]);
      }
    }
    misses_ = meets_;
    for (auto& misses : misses_) misses = !misses;
    for (int turn = 0; turn < n; ++turn) {
      for (int s = 0; s < n; ++s) {
        for (auto const& [t, p] : step(s)) misses_[s] = misses_[s] || (goes_on(s) && misses_[t]);
      }
    }
  }

  Values reachability(double discount) const {
    return solve([&](int s) { return discount < 1 ? goes_on(s) : goes_on(s) && meets_[s]; },
                 [&](int s) { return mdp_.target[s] ? 1.0L : 0.0L; }, [](int) { return 0.0L; }, discount);
  }

  Values total_reward(double discount) const {
    return solve([&](int s) { return discount < 1 ? goes_on(s) : goes_on(s) && !misses_[s]; },
                 [&](int s) { return mdp_.target[s] || discount < 1 ? 0.0L : std::numeric_limits<long double>::infinity(); },
                 [&](int s) { return static_cast<long double>(mdp_.actions[s][policy_[s]].reward); }, discount);
  }

  std::vector<int> const& policy() const { return policy_; }

 private:
  bool goes_on(int s) const { return !mdp_.target[s] && mdp_.allowed[s]; }
  std::vector<std::pair<int, double>> const& step(int s) const { return mdp_.actions[s][policy_[s]].next; }

  /// v(s) = reward(s) + discount sum p v(next) where `open`, elsewhere known(s).
  template <class Open, class Known, class Reward>
  Values solve(Open const& open, Known const& known, Reward const& reward, double discount) const {
    auto const n = mdp_.states();
    std::vector<Values> a(n, Values(n, 0));
    Values b(n);
    for (int s = 0; s < n; ++s) {
      a[s][s] = 1;
      b[s] = open(s) ? reward(s) : known(s);
      if (!open(s)) continue;
      for (auto const& [t, p] : step(s)) {
        if (open(t)) {
          a[s][t] -= discount * static_cast<long double>(p);
        } else {
          b[s] += discount * static_cast<long double>(p) * known(t);
        }
      }
    }
    for (int s = 0; s < n; ++s) b[s] = std::isinf(b[s]) ? 0 : b[s];
    auto v = solve_dense(std::move(a), std::move(b));
    for (int s = 0; s < n; ++s) {
      if (!open(s)) v[s] = known(s);
    }
    return v;
  }

  SmallMdp const& mdp_;
  std::vector<int> const& policy_;
  std::vector<std::uint8_t> meets_;   ///< with positive probability
  std::vector<std::uint8_t> misses_;  ///< with positive probability
};

/// Best value of each state over all policies, by trying them.
template <class Evaluate>
Values best_of_all(SmallMdp const& mdp, bool greatest, Evaluate const& evaluate) {
  std::vector<int> policy(mdp.states(), 0);
  Values best;
  while (true) {
    Values const v = evaluate(SmallChain(mdp, policy));
    if (best.empty()) best = v;
    for (int s = 0; s < mdp.states(); ++s) best[s] = greatest ? std::max(best[s], v[s]) : std::min(best[s], v[s]);
    int s = 0;
    while (s < mdp.states() && ++policy[s] == static_cast<int>(mdp.actions[s].size())) policy[s++] = 0;
    if (s == mdp.states()) return best;
  }
}

/// The same model with intervals of 1/8 on both sides where that leaves the ends above 0 and at most 1.
inline SmallMdp widened(SmallMdp mdp) {
  for (auto& actions : mdp.actions) {
    for (auto& action : actions) {
      for (auto& [next, p] : action.next) {
        bool const sure = action.next.size() == 1;
        action.upper.push_back(sure ? 1 : std::min(1.0, p + 0.125));
        p = sure ? 1 : std::max(0.0625, p - 0.125);
      }
    }
  }
  return mdp;
}

/// The extreme distributions of an interval action: from the lower ends, filled up in some order of the next states.
inline std::vector<SmallAction> extremes(SmallAction const& action) {
  std::vector<SmallAction> found;
  std::vector<std::size_t> order(action.next.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  do {
    auto& extreme = found.emplace_back(SmallAction{action.reward, action.next, {}});
    double rest = 1;
    for (auto const& [next, p] : action.next) rest -= p;
    for (auto k : order) {
      double const share = std::min(rest, action.upper[k] - action.next[k].second);
      extreme.next[k].second += share;
      rest -= share;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return found;
}

/// Best value of each state of an interval model over all policies, nature's worst being found for each by trying all of hers.
template <class Evaluate>
Values best_against_nature(SmallMdp const& mdp, bool greatest, Evaluate const& evaluate) {
  return best_of_all(mdp, greatest, [&](SmallChain const& chain) {
    SmallMdp nature{{}, mdp.target, mdp.allowed};
    for (int s = 0; s < mdp.states(); ++s) nature.actions.push_back(extremes(mdp.actions[s][chain.policy()[s]]));
    return best_of_all(nature, !greatest, evaluate);
  });
}

}  // namespace reference
