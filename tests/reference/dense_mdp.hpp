#pragma once
// A Markov decision process as dense arrays of one process, and the Bellman operator by its definition: the oracle of sparse kernels.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace reference {

struct DenseAction {
  double reward = 0;
  std::vector<double> probability;  ///< [state]
};

struct DenseMdp {
  std::vector<std::vector<DenseAction>> actions;  ///< [state][action]
  double discount = 1;
  bool maximise = true;

  std::size_t states() const { return actions.size(); }
  bool better(long double a, long double b) const { return maximise ? a > b : a < b; }

  long double expected(std::size_t s, std::size_t a, std::vector<double> const& v) const {
    long double sum = 0;
    for (std::size_t t = 0; t < states(); ++t) {
      if (double const p = actions[s][a].probability[t]; p > 0) sum += static_cast<long double>(p) * v[t];
    }
    return sum;
  }
  long double q(std::size_t s, std::size_t a, std::vector<double> const& v) const {
    return actions[s][a].reward + discount * expected(s, a, v);
  }
  long double best(std::size_t s, std::vector<double> const& v) const {
    long double b = q(s, 0, v);
    for (std::size_t a = 1; a < actions[s].size(); ++a) b = better(q(s, a, v), b) ? q(s, a, v) : b;
    return b;
  }
  std::vector<double> backup(std::vector<double> const& v) const {
    std::vector<double> out;
    for (std::size_t s = 0; s < states(); ++s) out.push_back(static_cast<double>(best(s, v)));
    return out;
  }
  std::vector<double> evaluate(std::vector<std::int32_t> const& action, std::vector<double> const& v) const {
    std::vector<double> out;
    for (std::size_t s = 0; s < states(); ++s) out.push_back(static_cast<double>(q(s, static_cast<std::size_t>(action[s]), v)));
    return out;
  }
  /// The lowest action within `margin` of the best.
  std::int32_t lowest_best(std::size_t s, std::vector<double> const& v, double margin) const {
    std::size_t a = 0;
    while (std::abs(static_cast<double>(q(s, a, v) - best(s, v))) > margin) ++a;
    return static_cast<std::int32_t>(a);
  }
  /// 1 + most expected `in` over the actions within `margin` of the best.
  std::vector<double> count_steps(std::vector<double> const& v, double margin, std::vector<double> const& in) const {
    std::vector<double> out;
    for (std::size_t s = 0; s < states(); ++s) {
      long double most = -1;
      for (std::size_t a = 0; a < actions[s].size(); ++a) {
        if (std::abs(static_cast<double>(q(s, a, v) - best(s, v))) <= margin) most = std::max(most, discount * expected(s, a, in));
      }
      out.push_back(static_cast<double>(1 + most));
    }
    return out;
  }
  /// The best value of a state that its own steps back to it earn too, where the others have `v`: repeated until it stays. A step that
  /// never leaves, undiscounted, earns `v` of its own state.
  long double settled(std::size_t s, std::vector<double> v) const {
    std::vector<long double> away, stay;
    for (std::size_t a = 0; a < actions[s].size(); ++a) {
      stay.push_back(discount * static_cast<long double>(actions[s][a].probability[s]));
      if (stay.back() == 1) stay.back() = 0;
      away.push_back(q(s, a, v) - stay.back() * v[s]);
    }
    long double x = v[s];
    for (int repeat = 0; repeat < 2000; ++repeat) {
      long double b = away[0] + stay[0] * x;
      for (std::size_t a = 1; a < away.size(); ++a) b = better(away[a] + stay[a] * x, b) ? away[a] + stay[a] * x : b;
      x = b;
    }
    return x;
  }
  /// One sweep in place over states [begin, end), others as they are.
  std::vector<double> in_place(std::vector<double> v, std::size_t begin, std::size_t end, bool ascending, double relaxation) const {
    for (std::size_t k = begin; k < end; ++k) {
      std::size_t const s = ascending ? k : begin + end - 1 - k;
      v[s] = static_cast<double>(v[s] + relaxation * (settled(s, v) - v[s]));
    }
    return v;
  }
};

struct RandomModel {
  int states = 30;
  int most_actions = 4;      ///< 1 .. most_actions, at random
  int most_transitions = 6;  ///< 1 .. most_transitions, at random
  int reach = 0;             ///< next states lie within this distance; 0: anywhere
  int distinct = 0;          ///< probabilities are k/distinct; 0: any
  bool contiguous = false;   ///< next states of an action follow each other
};

/// The same for the same arguments on every machine: engine and arithmetic are fixed by the standard.
inline DenseMdp random_mdp(RandomModel const& model, unsigned seed, double discount, bool maximise) {
  std::mt19937_64 draw(seed);
  auto const below = [&](int n) { return static_cast<int>(draw() % static_cast<unsigned>(n)); };
  DenseMdp mdp;
  mdp.discount = discount;
  mdp.maximise = maximise;
  int const n = model.states;
  for (int s = 0; s < n; ++s) {
    mdp.actions.emplace_back(static_cast<std::size_t>(1 + below(model.most_actions)));
    for (auto& action : mdp.actions.back()) {
      action.reward = (below(2001) - 1000) / 64.0;
      action.probability.assign(static_cast<std::size_t>(n), 0.0);
      int const count = 1 + below(std::min(n, model.most_transitions));
      int const low = model.reach > 0 ? std::max(0, s - model.reach) : 0;
      int const high = model.reach > 0 ? std::min(n, s + model.reach + 1) : n;
      int const start = low + below(std::max(1, high - low - count));
      std::vector<int> weight(static_cast<std::size_t>(n), 0);
      int total = 0;
      for (int k = 0; k < count; ++k) {
        int const next = model.contiguous ? std::min(start + k, n - 1) : low + below(high - low);
        int const w = model.distinct > 0 ? 1 : 1 + below(1000);
        weight[static_cast<std::size_t>(next)] += w;
        total += w;
      }
      if (model.distinct > 0) {  // multiples of 1/distinct
        weight[static_cast<std::size_t>(s)] += model.distinct - total;
        total = model.distinct;
      }
      for (std::size_t t = 0; t < weight.size(); ++t) action.probability[t] = static_cast<double>(weight[t]) / total;
    }
  }
  return mdp;
}

}  // namespace reference
