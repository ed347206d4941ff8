#include "src/allocation/state_search.hpp"

#include <algorithm>
#include <limits>

#include "src/dist/reduce.hpp"

namespace bellshard::allocation {
namespace {

constexpr std::int64_t first_states = 4096;
constexpr std::int64_t growth = 16;  // of the states from one pass to the next

/// A sum of costs and losses of the stages so far, and how it came about.
struct State {
  std::int64_t cost;
  double loss;
  std::int32_t parent;     ///< in the list of the stage before
  std::int32_t candidate;
};

struct Origin {
  std::int32_t parent, candidate;
};

class Search {
 public:
  Search(Problem const& problem, Lagrangian const& lagrangian, std::int64_t cell)
      : problem_(problem), cell_(cell), multiplier_(lagrangian.multiplier(cell)), rounding_(lagrangian.rounding()), rest_(problem.stages.size() + 1, 0) {
    best_ = lagrangian.greedy(cell);
    least_ = 0;
    for (std::size_t s = 0; s < problem.stages.size(); ++s) least_ += problem.stages[s].loss[static_cast<std::size_t>(best_[s])];
    for (auto s = problem.stages.size(); s-- > 0;) rest_[s] = rest_[s + 1] + cheapest(problem.stages[s]);
  }

  /// Was nothing but what cannot be better left out? Keeps the best choice found.
  bool pass(std::int64_t most_states) {
    bool whole = true;
    std::vector<State> states{{0, 0, 0, 0}};
    std::vector<std::vector<Origin>> origins;
    for (std::size_t s = 0; s < problem_.stages.size(); ++s) {
      std::vector<State> next;
      for (std::size_t k = 0; k < problem_.stages[s].cost.size(); ++k) {
        next = merged(next, states, s, static_cast<std::int32_t>(k));
        if (static_cast<std::int64_t>(next.size()) > most_states) {
          whole = false;
          keep_promising(next, s + 1, most_states);
        }
      }
      if (next.empty()) return whole;  // nothing is better than what is known
      states = std::move(next);
      std::vector<Origin> from;
      for (auto const& state : states) from.push_back({state.parent, state.candidate});
      origins.push_back(std::move(from));
    }
    if (states.back().loss <= least_) {  // losses fall along the list
      least_ = states.back().loss;
      auto at = static_cast<std::int32_t>(states.size()) - 1;
      for (auto s = origins.size(); s-- > 0;) {
        auto const& origin = origins[s][static_cast<std::size_t>(at)];
        best_[s] = origin.candidate;
        at = origin.parent;
      }
    }
    return whole;
  }

  std::vector<std::int32_t> const& best() const { return best_; }

 private:
  double cheapest(Stage const& stage) const {
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t k = 0; k < stage.cost.size(); ++k) least = std::min(least, stage.loss[k] + multiplier_ * static_cast<double>(stage.cost[k]));
    return least;
  }

  /// No way to go on from there, with the stages from `next` on, loses less.
  double bound(State const& state, std::size_t next) const { return state.loss + rest_[next] - multiplier_ * static_cast<double>(cell_ - state.cost); }

  /// `list` and the states with candidate k of stage s added, by cost, of which each loses less than all before.
  std::vector<State> merged(std::vector<State> const& list, std::vector<State> const& states, std::size_t s, std::int32_t k) const {
    auto const cost = problem_.stages[s].cost[static_cast<std::size_t>(k)];
    auto const loss = problem_.stages[s].loss[static_cast<std::size_t>(k)];
    std::vector<State> out;
    out.reserve(list.size() + states.size());
    auto const add = [&](State const& state) {
      if (out.empty() || state.loss < out.back().loss) out.push_back(state);
    };
    auto old = list.begin();
    for (std::size_t i = 0; i < states.size(); ++i) {
      State const shifted{states[i].cost + cost, states[i].loss + loss, static_cast<std::int32_t>(i), k};
      if (shifted.cost > cell_) break;
      if (bound(shifted, s + 1) > least_ + rounding_) continue;
      while (old != list.end() && (old->cost < shifted.cost || (old->cost == shifted.cost && old->loss <= shifted.loss))) add(*old++);
      add(shifted);
    }
    while (old != list.end()) add(*old++);
    return out;
  }

  void keep_promising(std::vector<State>& list, std::size_t next, std::int64_t most) const {
    std::nth_element(list.begin(), list.begin() + most, list.end(), [&](auto const& a, auto const& b) {
      auto const x = bound(a, next), y = bound(b, next);
      return x < y || (x == y && a.cost < b.cost);
    });
    list.resize(static_cast<std::size_t>(most));
    std::sort(list.begin(), list.end(), [](auto const& a, auto const& b) { return a.cost < b.cost; });
  }

  Problem const& problem_;
  std::int64_t cell_;
  double multiplier_;
  double rounding_;
  std::vector<double> rest_;  ///< [stage] Lagrangian sum of the stages from there on
  std::vector<std::int32_t> best_;
  double least_;
};

}  // namespace

std::optional<Candidates> search_states(Problem const& problem, Lagrangian const& lagrangian, std::int64_t cell, std::int64_t most_states) {
  Search search(problem, lagrangian, cell);
  for (auto states = std::min(first_states, most_states);; states = std::min(states * growth, most_states)) {
    if (search.pass(states)) return search.best();
    if (states == most_states) return std::nullopt;
  }
}

std::optional<Candidates> search_states(Context const& context, Problem const& problem, Lagrangian const& lagrangian,
                                        std::vector<std::int64_t> const& asked, double bytes) {
  auto const stages = problem.stages.size();
  auto const most = static_cast<std::int64_t>(bytes / static_cast<double>(stages * sizeof(Origin)));
  auto const comm = context.comm();
  auto const ranks = static_cast<std::size_t>(context.ranks()), own = static_cast<std::size_t>(context.rank());
  std::vector<double> candidate(stages * asked.size(), 0);
  bool failed = false;
  together(comm, [&] {
    for (std::size_t q = 0; q < asked.size() && !failed; ++q) {
      if (q % ranks != own) continue;
      auto const found = search_states(problem, lagrangian, asked[q], std::max(first_states, most));
      failed = !found.has_value();
      for (std::size_t s = 0; s < stages && found; ++s) candidate[s * asked.size() + q] = (*found)[s];
    }
  });
  if (any_over_ranks(comm, failed)) return std::nullopt;
  sum_over_ranks(comm, candidate);
  return Candidates(candidate.begin(), candidate.end());
}

}  // namespace bellshard::allocation
