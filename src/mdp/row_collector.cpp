#include "src/mdp/row_collector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "src/base/error.hpp"

namespace bellshard::mdp {

RowCollector::RowCollector(std::string model, Block own, std::int64_t states) : model_(std::move(model)) {
  rows_.own = own;
  rows_.states = states;
  rows_.action_offset.reserve(static_cast<std::size_t>(own.size() + 1));
}

void RowCollector::begin_state() { rows_.action_offset.push_back(rows_.pairs()); }

void RowCollector::add_pair(double reward, std::span<std::int64_t const> next_state, std::span<double const> probability) {
  auto& rows = rows_;
  if (!std::isfinite(reward)) refuse(fmt::format("has the reward {} (must be finite)", reward));
  sorted_.clear();
  double sum = 0;
  for (std::size_t t = 0; t < next_state.size(); ++t) {
    auto const next = next_state[t];
    double const p = probability[t];
    if (next < 0 || next >= rows.states) refuse(fmt::format("leads to state {} (must lie in [0, {}))", next, rows.states));
    if (!(p > 0 && p <= 1 + 1e-9)) refuse(fmt::format("has the probability {} (must lie in [0, 1])", p));
    sum += p;
    sorted_.emplace_back(next, p);
  }
  if (!(std::abs(sum - 1) <= 1e-9)) refuse(fmt::format("has probabilities that sum to {:.12g} (must be 1 within 1e-9)", sum));

  // Stable: equal next states are added in the order of their visits, whatever the block.
  std::stable_sort(sorted_.begin(), sorted_.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
  auto const first = rows.transitions();
  for (auto const& [next, p] : sorted_) {
    if (rows.transitions() > first && rows.next_state.back() == next) {
      rows.probability.back() += p;
    } else {
      rows.next_state.push_back(next);
      rows.probability.push_back(p);
    }
  }
  rows.transition_offset.push_back(rows.transitions());
  rows.reward.push_back(reward);
  rows.action_offset.back() = rows.pairs();
}

Rows RowCollector::finish() && {
  BELLSHARD_EXPECT(static_cast<std::int64_t>(rows_.action_offset.size()) == rows_.own.size() + 1);
  return std::move(rows_);
}

void RowCollector::refuse(std::string const& problem) const {
  auto const state = rows_.own.begin + static_cast<std::int64_t>(rows_.action_offset.size()) - 2;
  auto const action = rows_.pairs() - rows_.action_offset[rows_.action_offset.size() - 2];
  fail(ExitCode::bad_input, "{}: action {} of state {} {}; correct the model", model_, action, state, problem);
}

}  // namespace bellshard::mdp
