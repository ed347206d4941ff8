#include "src/mdp/graph/search.hpp"

#include <algorithm>
#include <utility>

namespace bellshard::mdp {
namespace {

/// Breadth-first search backwards from seeds in ascending order of their steps, which may start behind the first front.
template <class Settled>
void search(ShardGraph const& graph, Flags const& through, Flags const& usable, std::vector<std::int64_t>& steps,
            std::vector<Local>& seeds, Settled const& settled) {
  std::sort(seeds.begin(), seeds.end(), [&](Local a, Local b) { return steps[a] < steps[b]; });
  std::vector<Local> front;
  std::size_t from_seeds = 0;
  std::size_t from_front = 0;
  while (from_seeds < seeds.size() || from_front < front.size()) {
    bool const seed_first = from_front == front.size() ||
                            (from_seeds < seeds.size() && steps[seeds[from_seeds]] <= steps[front[from_front]]);
    auto const state = seed_first ? seeds[from_seeds++] : front[from_front++];
    for (auto pair : graph.pairs_into(state)) {
      auto const before = graph.state_of(pair);
      if (!usable[pair] || !through[before] || steps[before] <= steps[state] + 1) continue;
      steps[before] = steps[state] + 1;
      front.push_back(before);
      settled(before);
    }
  }
}

}  // namespace

std::vector<std::int64_t> steps_to(ShardGraph const& graph, Flags const& goal, Flags const& through, Flags const& usable) {
  std::vector<std::int64_t> steps(graph.local_states(), no_way);
  std::vector<Local> seeds;
  for (Local s = 0; s < graph.local_states(); ++s) {
    if (!goal[s]) continue;
    steps[s] = 0;
    seeds.push_back(s);
  }
  std::vector<Local> changed;
  Flags noted(graph.own_states(), 0);
  while (graph.anywhere(!seeds.empty())) {
    search(graph, through, usable, steps, seeds, [&](Local state) {
      if (!noted[state]) changed.push_back(state);
      noted[state] = 1;
    });
    std::vector<Update<std::int64_t>> news;
    for (auto state : changed) {
      news.push_back({state, steps[state]});
      noted[state] = 0;
    }
    changed.clear();
    seeds.clear();
    for (auto const& update : graph.publish(news)) {
      steps[update.state] = update.value;
      seeds.push_back(update.state);
    }
  }
  return steps;
}

std::int32_t nearer_action(ShardGraph const& graph, std::vector<std::int64_t> const& steps, Flags const& usable, Local state) {
  auto const first = graph.first_pair(state);
  for (auto pair = first; pair < graph.first_pair(state + 1); ++pair) {
    if (!usable[pair]) continue;
    for (auto next : graph.next(pair)) {
      if (steps[next] < steps[state]) return pair - first;
    }
  }
  return -1;
}

Remainder::Remainder(ShardGraph const& graph, Flags left, Flags anchored, Flags usable)
    : graph_(graph), left_(std::move(left)), anchored_(std::move(anchored)), usable_(std::move(usable)),
      pairs_left_(graph.own_states(), 0) {
  for (Local pair = 0; pair < graph_.pairs(); ++pair) {
    auto const next = graph_.next(pair);
    if (!left_[graph_.state_of(pair)] || !std::all_of(next.begin(), next.end(), [&](Local s) { return left_[s] != 0; })) {
      usable_[pair] = 0;
    }
    pairs_left_[graph_.state_of(pair)] += usable_[pair];
  }
  for (Local s = 0; s < graph_.own_states(); ++s) {
    if (left_[s] && !anchored_[s] && pairs_left_[s] == 0) take_state(s);
  }
}

void Remainder::take_state(Local own_state) {
  if (!left_[own_state]) return;
  left_[own_state] = 0;
  work_.push_back(own_state);
  gone_.push_back({own_state, 0});
}

void Remainder::take_pair(Local pair) {
  if (!usable_[pair]) return;
  usable_[pair] = 0;
  auto const state = graph_.state_of(pair);
  if (--pairs_left_[state] == 0 && !anchored_[state]) take_state(state);
}

void Remainder::follow() {
  while (!work_.empty()) {
    auto const state = work_.back();
    work_.pop_back();
    if (state < graph_.own_states()) {
      for (auto pair = graph_.first_pair(state); pair < graph_.first_pair(state + 1); ++pair) usable_[pair] = 0;
    }
    for (auto pair : graph_.pairs_into(state)) take_pair(pair);
  }
}

void Remainder::settle() {
  while (graph_.anywhere(!work_.empty() || !gone_.empty())) {
    follow();
    for (auto const& update : graph_.publish(std::exchange(gone_, {}))) {
      left_[update.state] = 0;
      work_.push_back(update.state);
    }
  }
}

AlmostSure almost_sure(ShardGraph const& graph, Flags const& goal, Flags const& through) {
  Flags states(graph.local_states());
  for (Local s = 0; s < graph.local_states(); ++s) states[s] = goal[s] || through[s];
  Flags anchored(goal.begin(), goal.begin() + graph.own_states());
  // A pair that never leaves its state brings nobody nearer; without it more states fall at once.
  Flags usable(graph.pairs());
  for (Local pair = 0; pair < graph.pairs(); ++pair) {
    auto const next = graph.next(pair);
    usable[pair] = next.size() != 1 || next.front() != graph.state_of(pair);
  }

  Remainder remainder(graph, std::move(states), std::move(anchored), std::move(usable));
  while (true) {
    remainder.settle();
    auto steps = steps_to(graph, goal, through, remainder.usable());
    bool lost = false;
    for (Local s = 0; s < graph.own_states(); ++s) {
      if (!remainder.left()[s] || steps[s] != no_way) continue;
      remainder.take_state(s);
      lost = true;
    }
    if (!graph.anywhere(lost)) return {remainder.left(), remainder.usable(), std::move(steps)};
  }
}

Flags pairs_within(ShardGraph const& graph, Flags const& states) {
  Flags within(graph.pairs());
  for (Local pair = 0; pair < graph.pairs(); ++pair) {
    auto const next = graph.next(pair);
    within[pair] = states[graph.state_of(pair)] &&
                   std::all_of(next.begin(), next.end(), [&](Local s) { return states[s] != 0; });
  }
  return within;
}

}  // namespace bellshard::mdp
