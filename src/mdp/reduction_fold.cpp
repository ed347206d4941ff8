#include "src/mdp/reduction_fold.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "src/base/error.hpp"

namespace bellshard::mdp {
namespace {

constexpr std::int64_t none = -1;

/// The least state of the component of each own state that has one [own state], elsewhere the state itself.
std::vector<std::int64_t> leaders(ShardGraph const& graph, Folding const& folding) {
  auto const& mail = graph.mail();
  auto const own = graph.rows().own;
  std::vector<std::int64_t> leader(graph.own_states());
  for (Local s = 0; s < graph.own_states(); ++s) leader[s] = graph.global(s);
  if (folding.components == 0) return leader;

  struct Claim {
    std::int64_t component;
    std::int64_t state;
  };
  auto const axis = Partition::equal(folding.components, mail.ranks());
  std::vector<std::vector<Claim>> to(mail.ranks());
  std::vector<Claim> members;
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (folding.component[s] != none) members.push_back({folding.component[s], own.begin + s});
  }
  std::stable_sort(members.begin(), members.end(), [](auto const& a, auto const& b) { return a.component < b.component; });
  std::vector<std::int64_t> asked;
  for (auto const& member : members) {
    if (!asked.empty() && asked.back() == member.component) continue;
    asked.push_back(member.component);
    to[axis.owner(member.component)].push_back(member);
  }
  auto const home = axis.block(mail.rank());
  std::vector<std::int64_t> least(home.size(), none);
  // Ranks own ascending blocks, so the first claim is the least.
  for (auto const& claim : mail.deliver(std::move(to)).items) {
    auto& state = least[claim.component - home.begin];
    if (state == none) state = claim.state;
  }
  auto const answers = mail.look_up(axis, asked, std::span<std::int64_t const>(least));
  for (auto const& member : members) {
    auto const k = std::lower_bound(asked.begin(), asked.end(), member.component) - asked.begin();
    leader[member.state - own.begin] = answers[k];
  }
  return leader;
}

/// Numbers of the reduced states, and who found their leaders.
struct Images {
  std::vector<std::int64_t> of;  ///< [local state], -1 where decided
  Partition found;               ///< reduced states by the rank that owns their leader; the last one has the ends as well
  std::int64_t first_end;        ///< the state of the first of Folding::ends
};

Images number_states(ShardGraph const& graph, Folding const& folding, std::vector<std::int64_t> const& leader) {
  auto const& mail = graph.mail();
  std::vector<std::int64_t> image(graph.local_states(), none);
  std::int64_t count = 0;
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (folding.open[s] && leader[s] == graph.global(s)) image[s] = count++;
  }
  std::vector<std::int64_t> counts(mail.ranks());
  BELLSHARD_MPI(MPI_Allgather(&count, 1, MPI_INT64_T, counts.data(), 1, MPI_INT64_T, mail.comm()));
  counts.back() += static_cast<std::int64_t>(folding.ends.size());
  auto found = Partition::of_sizes(counts);
  std::vector<std::int64_t> asked;
  for (Local s = 0; s < graph.own_states(); ++s) {
    if (image[s] != none) image[s] += found.block(mail.rank()).begin;
    if (leader[s] != graph.global(s)) asked.push_back(leader[s]);
  }
  if (folding.components > 0) {
    auto const answers = mail.look_up(graph.partition(), asked, std::span<std::int64_t const>(image).first(graph.own_states()));
    auto answer = answers.begin();
    for (Local s = 0; s < graph.own_states(); ++s) {
      if (leader[s] != graph.global(s)) image[s] = *answer++;
    }
  }
  graph.refresh(image);
  auto const first_end = found.size() - static_cast<std::int64_t>(folding.ends.size());
  return {std::move(image), std::move(found), first_end};
}

/// The folded pairs of a rank's own states.
class Fold {
 public:
  Fold(ShardGraph const& graph, Folding const& folding, Images const& images)
      : graph_(graph), rows_(graph.rows()), folding_(folding), image_(images.of), first_end_(images.first_end) {
    folded_.probabilities = folding.probabilities;
  }

  LooseRows all(std::vector<std::int64_t> const& leader) {
    for (Local s = 0; s < graph_.own_states(); ++s) {
      if (image_[s] == none) continue;
      bool const leads = !folding_.stay.empty() && folding_.component[s] != none && leader[s] == graph_.global(s);
      if (leads) add_stay(s);
      for (auto pair = graph_.first_pair(s); pair < graph_.first_pair(s + 1); ++pair) {
        if (!folding_.kept[pair]) continue;
        if (folding_.probabilities == Probabilities::exact) add(s, pair);
        if (folding_.probabilities == Probabilities::interval) add_interval(s, pair);
      }
    }
    if (graph_.mail().rank() == graph_.mail().ranks() - 1) add_ends();
    return std::move(folded_);
  }

 private:
  void add_stay(Local state) {
    auto const component = folding_.component[state];
    folded_.pairs.push_back({image_[state], -1 - component, 0, 0, folding_.stay[component]});
  }

  void add(Local state, Local pair) {
    auto reward = folding_.reward[pair];
    double remains = 0;
    double leaves = 0;
    bool ends = false;
    next_.clear();
    auto const first = rows_.transition_offset[pair];
    auto const next = graph_.next(pair);
    for (std::size_t k = 0; k < next.size(); ++k) {
      auto const p = rows_.probability[first + k];
      if (!(p > 0)) continue;
      auto const to = image_[next[k]];
      if (to == image_[state]) {
        remains += p;
        continue;
      }
      leaves += p;
      if (to == none) {
        reward += folding_.discount * p * folding_.value[next[k]];
        ends = true;
      } else {
        next_.push_back({to, p, p});
      }
    }
    if (folding_.discount == 1 && next_.empty() && !ends) return;  // stays for sure
    if (remains > 0) {
      // What does not stay leaves; without a discount its sum has no cancellation, however near to 1 `remains` is.
      auto const rest = folding_.discount < 1 ? std::fma(-folding_.discount, remains, 1) : leaves;
      reward /= rest;
      for (auto& transition : next_) transition.probability /= rest;
    }
    if (folding_.components > 0) merge_equal_states();
    push(state, pair, reward);
  }

  /// Nature chooses what stays and what meets an end, so nothing is divided out or added up; intervals of states that became one
  /// are summed, which leaves nature the same choices.
  void add_interval(Local state, Local pair) {
    next_.clear();
    auto const first = rows_.transition_offset[pair];
    auto const next = graph_.next(pair);
    bool stays = true;
    for (std::size_t k = 0; k < next.size(); ++k) {
      if (!(rows_.probability_upper[first + k] > 0)) continue;
      auto const image = image_[next[k]];
      auto const to = image == none ? end_of(folding_.value[next[k]]) : image;
      stays = stays && to == image_[state];
      next_.push_back({to, rows_.probability[first + k], rows_.probability_upper[first + k]});
    }
    if (folding_.discount == 1 && stays) return;
    merge_equal_states();
    push(state, pair, folding_.reward[pair]);
  }

  std::int64_t end_of(double value) const {
    return first_end_ + (std::find(folding_.ends.begin(), folding_.ends.end(), value) - folding_.ends.begin());
  }

  void add_ends() {
    for (auto value : folding_.ends) folded_.pairs.push_back({end_of(value), none, 0, 0, value});
  }

  void push(Local state, Local pair, double reward) {
    folded_.pairs.push_back({image_[state], graph_.global(state), pair - graph_.first_pair(state),
                             static_cast<std::int32_t>(next_.size()), reward});
    folded_.transitions.insert(folded_.transitions.end(), next_.begin(), next_.end());
  }

  /// States of one component are one state now. The order of the model is kept where nothing merges.
  void merge_equal_states() {
    std::stable_sort(next_.begin(), next_.end(), [](auto const& a, auto const& b) { return a.next_state < b.next_state; });
    std::size_t kept = 0;
    for (std::size_t k = 0; k < next_.size(); ++k) {
      if (kept > 0 && next_[kept - 1].next_state == next_[k].next_state) {
        next_[kept - 1].probability += next_[k].probability;
        next_[kept - 1].upper = std::min(1.0, next_[kept - 1].upper + next_[k].upper);
      } else {
        next_[kept++] = next_[k];
      }
    }
    next_.resize(kept);
  }

  ShardGraph const& graph_;
  Rows const& rows_;
  Folding const& folding_;
  std::vector<std::int64_t> const& image_;
  std::int64_t first_end_;
  LooseRows folded_;
  std::vector<LooseTransition> next_;
};

}  // namespace

Reduction fold(ShardGraph const& graph, Folding const& folding) {
  auto const leader = leaders(graph, folding);
  auto images = number_states(graph, folding, leader);
  auto folded = Fold(graph, folding, images).all(leader);
  auto reduction = settle_rows(graph.mail(), images.found, std::move(folded));
  images.of.resize(graph.own_states());
  reduction.image = std::move(images.of);
  reduction.components = folding.components;
  return reduction;
}

}  // namespace bellshard::mdp
