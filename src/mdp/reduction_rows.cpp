#include "src/mdp/reduction_rows.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::mdp {
namespace {

/// Pairs and transitions of each reduced state, at the rank that found it.
std::vector<std::int64_t> work_of_states(Mail const& mail, Partition const& found, std::vector<LoosePair> const& pairs) {
  struct Work {
    std::int64_t state;
    std::int64_t amount;
  };
  auto const home = found.block(mail.rank());
  std::vector<std::int64_t> work(home.size(), 0);
  std::vector<std::vector<Work>> abroad(mail.ranks());
  for (auto const& pair : pairs) {
    if (home.contains(pair.state)) {
      work[pair.state - home.begin] += 1 + pair.transitions;
    } else {
      abroad[found.owner(pair.state)].push_back({pair.state, 1 + pair.transitions});
    }
  }
  for (auto const& part : mail.deliver(std::move(abroad)).items) work[part.state - home.begin] += part.amount;
  return work;
}

/// Cuts where the middle of a state's work passes k/ranks of the whole, found without the whole axis on any rank.
Partition cut_by_work(Mail const& mail, std::vector<std::int64_t> const& work) {
  auto const here = std::accumulate(work.begin(), work.end(), std::int64_t{0});
  std::int64_t before = 0;
  BELLSHARD_MPI(MPI_Exscan(&here, &before, 1, MPI_INT64_T, MPI_SUM, mail.comm()));
  if (mail.rank() == 0) before = 0;
  auto const total = sum_over_ranks(mail.comm(), here);
  auto const ranks = std::int64_t{mail.ranks()};
  auto const part_begin = [&](std::int64_t part) { return total / ranks * part + total % ranks * part / ranks; };

  std::vector<std::int64_t> sizes(mail.ranks(), 0);
  std::int64_t part = 0;
  for (auto amount : work) {
    auto const middle = before + amount / 2;
    while (part + 1 < ranks && part_begin(part + 1) <= middle) ++part;
    ++sizes[part];
    before += amount;
  }
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, sizes.data(), mail.ranks(), MPI_INT64_T, MPI_SUM, mail.comm()));
  return Partition::of_sizes(sizes);
}

}  // namespace

Reduction settle_rows(Mail const& mail, Partition const& found, LooseRows loose) {
  auto states = cut_by_work(mail, work_of_states(mail, found, loose.pairs));
  bool const interval = loose.probabilities == Probabilities::interval;
  std::vector<std::vector<LoosePair>> pairs_to(mail.ranks());
  std::vector<std::vector<LooseTransition>> transitions_to(mail.ranks());
  if (mail.ranks() == 1) {
    pairs_to.front() = std::move(loose.pairs);
    transitions_to.front() = std::move(loose.transitions);
  } else {
    auto transition = loose.transitions.begin();
    for (auto const& pair : loose.pairs) {
      auto const owner = states.owner(pair.state);
      pairs_to[owner].push_back(pair);
      transitions_to[owner].insert(transitions_to[owner].end(), transition, transition + pair.transitions);
      transition += pair.transitions;
    }
    loose = {};
  }
  auto const pairs = mail.deliver(std::move(pairs_to)).items;
  auto const transitions = mail.deliver(std::move(transitions_to)).items;

  auto const own = states.block(mail.rank());
  auto const count = static_cast<std::int64_t>(pairs.size());
  Reduction reduction;
  reduction.states = std::move(states);
  auto& rows = reduction.rows;
  rows.own = own;
  rows.states = reduction.states.size();
  rows.action_offset.assign(own.size() + 1, 0);
  for (auto const& pair : pairs) ++rows.action_offset[pair.state - own.begin + 1];
  std::partial_sum(rows.action_offset.begin(), rows.action_offset.end(), rows.action_offset.begin());

  std::vector<std::int64_t> place(count);  // [pair as it came] its number among the own pairs
  auto next_place = rows.action_offset;
  rows.transition_offset.assign(count + 1, 0);
  reduction.pair_state.resize(count);
  reduction.pair_action.resize(count);
  rows.reward.resize(count);
  for (std::int64_t k = 0; k < count; ++k) {
    auto const& pair = pairs[k];
    place[k] = next_place[pair.state - own.begin]++;
    rows.transition_offset[place[k] + 1] = pair.transitions;
    rows.reward[place[k]] = pair.reward;
    reduction.pair_state[place[k]] = pair.origin;
    reduction.pair_action[place[k]] = pair.action;
  }
  std::partial_sum(rows.transition_offset.begin(), rows.transition_offset.end(), rows.transition_offset.begin());

  rows.next_state.resize(transitions.size());
  rows.probability.resize(transitions.size());
  if (interval) rows.probability_upper.resize(transitions.size());
  auto transition = transitions.begin();
  for (std::int64_t k = 0; k < count; ++k) {
    for (auto t = rows.transition_offset[place[k]]; t < rows.transition_offset[place[k] + 1]; ++t, ++transition) {
      rows.next_state[t] = transition->next_state;
      rows.probability[t] = transition->probability;
      if (interval) rows.probability_upper[t] = transition->upper;
    }
  }
  return reduction;
}

}  // namespace bellshard::mdp
