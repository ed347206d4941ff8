#include "io/import/model_builder.hpp"

#include <cmath>
#include <numeric>
#include <utility>

namespace bellshard::io {

void ModelBuilder::close_state() {
  if (states_ > 0) mdp_.action_offset.push_back(pairs_);
}

void ModelBuilder::begin_state() {
  close_state();
  ++states_;
}

void ModelBuilder::begin_pair(std::string_view action_name) {
  if (pairs_ > 0) mdp_.transition_offset.push_back(mdp_.transitions());
  std::int32_t place = -1;
  if (!action_name.empty()) {
    auto found = action_place_.find(action_name);
    if (found == action_place_.end()) {
      found = action_place_.emplace(action_name, static_cast<std::int32_t>(mdp_.action_name.size())).first;
      mdp_.action_name.emplace_back(action_name);
    }
    place = found->second;
    names_count_ = names_count_ && action_name == std::to_string(pairs_ - mdp_.action_offset.back());
  }
  mdp_.action_name_index.push_back(place);
  ++pairs_;
}

void ModelBuilder::transition(std::int64_t next_state, TextFile::Range probability) {
  mdp_.next_state.push_back(next_state);
  mdp_.probability.push_back(probability.lower);
  mdp_.probability_upper.push_back(probability.upper);
  interval_ = interval_ || probability.interval;
}

void ModelBuilder::label(std::string_view name, std::int64_t state) {
  auto found = label_place_.find(name);
  if (found == label_place_.end()) {
    found = label_place_.emplace(name, mdp_.labels.size()).first;
    mdp_.labels.push_back({std::string(name), {}});
  }
  auto& mark = mdp_.labels[found->second].value;
  if (mark.size() <= static_cast<std::size_t>(state)) mark.resize(static_cast<std::size_t>(state) + 1, 0);
  mark[static_cast<std::size_t>(state)] = 1;
}

void ModelBuilder::normalise() {
  for (std::size_t pair = 0; pair + 1 < mdp_.transition_offset.size(); ++pair) {
    auto const begin = mdp_.probability.begin() + mdp_.transition_offset[pair];
    auto const end = mdp_.probability.begin() + mdp_.transition_offset[pair + 1];
    auto const sum = std::accumulate(begin, end, 0.0);
    if (std::abs(sum - 1) <= 1e-9 || std::abs(sum - 1) > 1e-5) continue;
    for (auto p = begin; p != end; ++p) *p /= sum;
  }
}

ExplicitMdp ModelBuilder::finish() {
  close_state();
  if (pairs_ > 0) mdp_.transition_offset.push_back(mdp_.transitions());
  if (!interval_) {
    mdp_.probability_upper.clear();
    normalise();
  }
  if (names_count_) {
    mdp_.action_name.clear();
    mdp_.action_name_index.clear();
  }
  for (auto& label : mdp_.labels) label.value.resize(static_cast<std::size_t>(states_), 0);
  return std::move(mdp_);
}

}  // namespace bellshard::io
