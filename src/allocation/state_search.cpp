#include "src/allocation/state_search.hpp"

#include <algorithm>
#include <limits>

#include "src/dist/reduce.hpp"

namespace bellshard::allocation {
namespace {

constexpr std::int64_t first_states = 64;
constexpr std::int64_t growth = 16;  // of the states from one pass to the next

/// A sum of costs and losses of the stages so far, and how it came about.
struct State {
  std::int64_t cost;
  double loss;
  double bound;            ///< no way to go on from here loses less
  std::int32_t parent;     ///< in the list of the stage before
  std::int32_t candidate;
};

struct Origin {
  std::int32_t parent, candidate;
};

double smallest_reduced(Stage const& stage, double multiplier) {
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < stage.cost.size(); ++k) least = std::min(least, stage.loss[k] + multiplier * static_cast<double>(stage.cost[k]));
  return least;
}

class Search {
 public:
  Search(Problem const& problem, Lagrangian const& lagrangian, std::int64_t cell)
      : problem_(problem), cell_(cell), multiplier_(lagrangian.multiplier(cell)), rounding_(lagrangian.rounding()), bound_(lagrangian.bound(cell)) {
    best_ = lagrangian.greedy(cell);
    least_ = loss_of(best_);
  }

  /// Is the best choice known as good as the bound?
  bool settled() const { return bound_ > limit(); }

  /// Was nothing but what cannot be better left out? Keeps the best choice found.
  bool pass(std::int64_t most_states) {
    most_ = most_states;
    whole_ = true;
    stages_ = worth_trying();
    origins_.clear();
    Relaxation rest(stages_);
    std::vector<State> states{{0, 0, bound_, 0, 0}};
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      rest.leave_out(static_cast<std::int32_t>(s));
      states = with_stage(states, rest, 0, static_cast<std::int32_t>(stages_[s].cost.size()));
      if (states.empty()) break;  // nothing is better than what is known
      auto& from = origins_.emplace_back();
      for (auto const& state : states) from.push_back({state.parent, state.candidate});
    }
    return whole_;
  }

  std::vector<std::int32_t> const& best() const { return best_; }

 private:
  /// What is bounded by more than this cannot be better.
  double limit() const { return least_ - rounding_; }

  double loss_of(std::vector<std::int32_t> const& candidate) const {
    double loss = 0;
    for (std::size_t s = 0; s < candidate.size(); ++s) loss += problem_.stages[s].loss[static_cast<std::size_t>(candidate[s])];
    return loss;
  }

  /// The stages less the candidates that the best multiplier alone tells to be too bad, the rest by cost. Those that move the cost in large steps come first: what
  /// the relaxation says of the fine ones that are left is nearly true. `layer` is the stage of the problem, `choice` its candidates.
  std::vector<Stage> worth_trying() const {
    std::vector<Stage> stages;
    for (std::size_t s = 0; s < problem_.stages.size(); ++s) {
      auto const& all = problem_.stages[s];
      auto const most = limit() - bound_ + smallest_reduced(all, multiplier_) + 2 * rounding_;
      Stage kept;
      kept.layer = static_cast<std::int64_t>(s);
      for (std::size_t k = 0; k < all.cost.size(); ++k) {
        if (all.loss[k] + multiplier_ * static_cast<double>(all.cost[k]) <= most) kept.choice.push_back(static_cast<std::int32_t>(k));
      }
      std::sort(kept.choice.begin(), kept.choice.end(), [&](auto a, auto b) { return all.cost[static_cast<std::size_t>(a)] < all.cost[static_cast<std::size_t>(b)]; });
      for (auto const k : kept.choice) {
        kept.cost.push_back(all.cost[static_cast<std::size_t>(k)]);
        kept.loss.push_back(all.loss[static_cast<std::size_t>(k)]);
      }
      stages.push_back(std::move(kept));
    }
    auto const step = [](Stage const& stage) {
      return static_cast<double>(stage.cost.back() - stage.cost.front()) / static_cast<double>(std::max<std::size_t>(2, stage.cost.size()) - 1);
    };
    std::stable_sort(stages.begin(), stages.end(), [&](auto const& a, auto const& b) { return step(a) > step(b); });
    return stages;
  }

  /// The states with one of the candidates [first, end) of the next stage added, by cost, of which each loses less than all before.
  std::vector<State> with_stage(std::vector<State> const& states, Relaxation const& rest, std::int32_t first, std::int32_t end) {
    if (end - first == 1) return with_candidate(states, rest, first);
    auto const middle = first + (end - first) / 2;
    auto const cheap = with_stage(states, rest, first, middle), dear = with_stage(states, rest, middle, end);
    auto both = merged(cheap, dear);
    if (static_cast<std::int64_t>(both.size()) > most_) keep_promising(both);
    return both;
  }

  /// On the way down the costs that are left, the relaxation gives a bound of each state, and its whole steps a choice that may be the best one.
  std::vector<State> with_candidate(std::vector<State> const& states, Relaxation const& rest, std::int32_t k) {
    auto const& stage = stages_[origins_.size()];
    auto const cost = stage.cost[static_cast<std::size_t>(k)];
    auto const loss = stage.loss[static_cast<std::size_t>(k)];
    std::vector<State> out;
    auto steps = rest.steps().size();
    for (std::size_t i = 0; i < states.size(); ++i) {
      State state{states[i].cost + cost, states[i].loss + loss, 0, static_cast<std::int32_t>(i), k};
      auto const left = cell_ - state.cost;
      if (left < rest.cost(0)) break;
      while (rest.cost(steps) > left) --steps;
      auto const reached = state.loss + rest.loss(steps);
      state.bound = reached + rest.slope(steps) * static_cast<double>(left - rest.cost(steps));
      if (state.bound > limit()) continue;
      if (reached < least_) try_choice(state, rest, steps);
      if (state.bound <= limit()) out.push_back(state);
    }
    return out;
  }

  /// The state and the first steps of the rest.
  void try_choice(State const& state, Relaxation const& rest, std::size_t steps) {
    std::vector<std::int32_t> taken = rest.start();  // of each of stages_
    for (std::size_t i = 0; i < steps; ++i) taken[static_cast<std::size_t>(rest.steps()[i].stage)] = rest.steps()[i].candidate;
    Origin from{state.parent, state.candidate};
    for (auto s = origins_.size();; --s) {
      taken[s] = from.candidate;
      if (s == 0) break;
      from = origins_[s - 1][static_cast<std::size_t>(from.parent)];
    }
    std::vector<std::int32_t> candidate(taken.size());
    for (std::size_t s = 0; s < taken.size(); ++s) candidate[static_cast<std::size_t>(stages_[s].layer)] = stages_[s].choice[static_cast<std::size_t>(taken[s])];
    auto const loss = loss_of(candidate);
    if (loss < least_) best_ = std::move(candidate), least_ = loss;
  }

  std::vector<State> merged(std::vector<State> const& a, std::vector<State> const& b) const {
    std::vector<State> out;
    out.reserve(a.size() + b.size());
    for (auto x = a.begin(), y = b.begin(); x != a.end() || y != b.end();) {
      bool const left = y == b.end() || (x != a.end() && (x->cost < y->cost || (x->cost == y->cost && x->loss <= y->loss)));
      State const& state = left ? *x++ : *y++;
      if (state.bound <= limit() && (out.empty() || state.loss < out.back().loss)) out.push_back(state);
    }
    return out;
  }

  void keep_promising(std::vector<State>& list) {
    whole_ = false;
    std::nth_element(list.begin(), list.begin() + most_, list.end(), [](auto const& a, auto const& b) { return a.bound < b.bound || (a.bound == b.bound && a.cost < b.cost); });
    list.resize(static_cast<std::size_t>(most_));
    std::sort(list.begin(), list.end(), [](auto const& a, auto const& b) { return a.cost < b.cost; });
  }

  Problem const& problem_;
  std::int64_t cell_;
  double multiplier_, rounding_;
  double bound_;                    ///< of the whole problem
  std::vector<std::int32_t> best_;  ///< [stage of the problem]
  double least_;                    ///< what it loses
  std::int64_t most_ = 0;
  bool whole_ = true;
  std::vector<Stage> stages_;                  ///< of this pass
  std::vector<std::vector<Origin>> origins_;   ///< [stage swept so far, state]
};

}  // namespace

std::optional<Candidates> search_states(Problem const& problem, Lagrangian const& lagrangian, std::int64_t cell, std::int64_t most_states) {
  Search search(problem, lagrangian, cell);
  for (auto states = std::min(first_states, most_states);; states = std::min(states * growth, most_states)) {
    if (search.settled() || search.pass(states)) return search.best();
    if (states == most_states) return std::nullopt;
  }
}

std::optional<Candidates> search_states(Context const& context, Problem const& problem, Lagrangian const& lagrangian,
                                        std::vector<std::int64_t> const& asked, double bytes) {
  constexpr std::size_t lists = 8;  // of states at a time, while candidates are merged by halves
  auto const stages = problem.stages.size();
  auto const most = static_cast<std::int64_t>(bytes / static_cast<double>(stages * sizeof(Origin) + lists * sizeof(State)));
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
