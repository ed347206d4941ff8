#include "src/mdp/graph/shard_graph.hpp"

#include <algorithm>
#include <limits>

#include "src/base/error.hpp"

namespace bellshard::mdp {

ShardGraph::ShardGraph(MPI_Comm comm, Partition const& states, Rows const& rows) : mail_(comm), states_(states), rows_(rows) {
  find_ghosts();
  index_predecessors();
  find_viewers();
}

void ShardGraph::find_ghosts() {
  for (auto state : rows_.next_state) {
    if (!rows_.own.contains(state)) ghosts_.push_back(state);
  }
  std::sort(ghosts_.begin(), ghosts_.end());
  ghosts_.erase(std::unique(ghosts_.begin(), ghosts_.end()), ghosts_.end());
  ghosts_.shrink_to_fit();

  auto const most = std::max(rows_.own.size() + static_cast<std::int64_t>(ghosts_.size()), rows_.pairs());
  bool const fits = most < std::numeric_limits<Local>::max();
  BELLSHARD_INPUT(!any_over_ranks(mail_.comm(), !fits),
                  "the model has more than 2^31 states or pairs on one rank (graph search counts them with 32 bits); use more ranks");
  own_states_ = static_cast<Local>(rows_.own.size());
}

void ShardGraph::index_predecessors() {
  next_.reserve(rows_.next_state.size());
  for (auto state : rows_.next_state) {
    bool const own = rows_.own.contains(state);
    auto const place = own ? state - rows_.own.begin
                           : own_states_ + (std::lower_bound(ghosts_.begin(), ghosts_.end(), state) - ghosts_.begin());
    next_.push_back(static_cast<Local>(place));
  }
  drop_impossible();
  state_of_.resize(rows_.pairs());
  for (Local s = 0; s < own_states_; ++s) {
    std::fill(state_of_.begin() + rows_.action_offset[s], state_of_.begin() + rows_.action_offset[s + 1], s);
  }

  into_offset_.assign(local_states() + 1, 0);
  for (auto state : next_) ++into_offset_[state + 1];
  for (Local s = 0; s < local_states(); ++s) into_offset_[s + 1] += into_offset_[s];
  into_.resize(next_.size());
  auto place = into_offset_;
  for (Local pair = 0; pair < pairs(); ++pair) {
    for (auto state : next(pair)) into_[place[state]++] = pair;
  }
}

/// A transition of probability 0 is no edge: it is led to where another one of its pair goes.
void ShardGraph::drop_impossible() {
  auto const& chance = rows_.interval() ? rows_.probability_upper : rows_.probability;
  for (std::int64_t pair = 0; pair < rows_.pairs(); ++pair) {
    auto const first = rows_.transition_offset[pair];
    auto const end = rows_.transition_offset[pair + 1];
    auto const possible = std::find_if(chance.begin() + first, chance.begin() + end, [](double p) { return p > 0; }) - chance.begin();
    for (auto k = first; k < end && possible < end; ++k) {
      if (!(chance[k] > 0)) next_[k] = next_[possible];
    }
  }
}

void ShardGraph::find_viewers() {
  viewer_offset_.assign(own_states_ + 1, 0);
  if (mail_.ranks() == 1) return;
  std::vector<std::vector<Update<Local>>> asked(mail_.ranks());
  for (auto ghost = own_states_; ghost < local_states(); ++ghost) {
    auto const owner = states_.owner(global(ghost));
    asked[owner].push_back({static_cast<Local>(global(ghost) - states_.block(owner).begin), ghost});
  }
  auto const heard = mail_.deliver(std::move(asked));

  for (auto const& request : heard.items) ++viewer_offset_[request.state + 1];
  for (Local s = 0; s < own_states_; ++s) viewer_offset_[s + 1] += viewer_offset_[s];
  viewers_.resize(heard.items.size());
  auto place = viewer_offset_;
  for (int other = 0; other < mail_.ranks(); ++other) {
    for (auto const& request : heard.from(other)) viewers_[place[request.state]++] = {other, request.value};
  }
}

}  // namespace bellshard::mdp
