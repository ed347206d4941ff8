#include "jobs/incremental_worst_case/share_rows.hpp"

#include <algorithm>
#include <span>

#include "kernels/host_copy.hpp"

namespace bellshard::incremental_worst_case {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// The row of a pair in one model.
struct Row {
  std::span<std::int64_t const> next;
  std::span<double const> chance;
  double reward;

  Row(mdp::Rows const& rows, std::int64_t pair) : reward(rows.reward[at(pair)]) {
    auto const first = at(rows.transition_offset[at(pair)]), size = at(rows.transition_offset[at(pair + 1)]) - first;
    next = std::span(rows.next_state).subspan(first, size);
    chance = std::span(rows.probability).subspan(first, size);
  }
  bool operator==(Row const& other) const { return reward == other.reward && std::ranges::equal(next, other.next) && std::ranges::equal(chance, other.chance); }
};

}  // namespace

dp::SharedRows share_rows(std::vector<mdp::Rows> const& rows, GhostExchange const& exchange) {
  auto const models = static_cast<std::int64_t>(rows.size());
  dp::SharedRows shared;
  shared.lanes = packs_of(models) * pack_width;
  std::vector<dp::RowKind> kind;
  std::vector<std::int64_t> entry_begin{0}, number_begin;
  std::vector<std::int32_t> next;
  std::vector<double> number;
  for (std::int64_t pair = 0; pair < rows[0].pairs(); ++pair) {
    std::vector<Row> all;
    std::vector<std::int64_t> reached;  // by any model, rising
    std::int64_t entries = 0;
    bool alike = true;
    for (auto const& model : rows) {
      all.emplace_back(model, pair);
      reached.insert(reached.end(), all.back().next.begin(), all.back().next.end());
      entries += static_cast<std::int64_t>(all.back().next.size());
      alike = alike && all.back() == all.front();
    }
    std::ranges::sort(reached);
    reached.erase(std::unique(reached.begin(), reached.end()), reached.end());
    if (alike) {
      number_begin.push_back(static_cast<std::int64_t>(number.size()));
      number.push_back(all[0].reward);
      number.insert(number.end(), all[0].chance.begin(), all[0].chance.end());
      for (auto const state : all[0].next) next.push_back(static_cast<std::int32_t>(exchange.local_index(state)));
      kind.push_back(dp::RowKind::alike);
    } else if (static_cast<std::int64_t>(reached.size()) * models <= 2 * entries) {  // few zeros are summed
      number.resize((number.size() + pack_width - 1) / pack_width * pack_width);               // packs begin at whole ones
      auto const first = number.size();
      number_begin.push_back(static_cast<std::int64_t>(first));
      number.resize(first + at(shared.lanes) * (reached.size() + 1), 0);
      for (std::int64_t l = 0; l < shared.lanes; ++l) {
        auto const& row = all[at(l < models ? l : 0)];
        auto const place = first + at(l / pack_width * pack_width) * (reached.size() + 1) + at(l % pack_width);  // of the reward
        number[place] = row.reward;
        for (std::size_t k = 0; k < row.next.size(); ++k) {
          auto const entry = std::ranges::lower_bound(reached, row.next[k]) - reached.begin();
          number[place + at((entry + 1) * pack_width)] = row.chance[k];
        }
      }
      for (auto const state : reached) next.push_back(static_cast<std::int32_t>(exchange.local_index(state)));
      kind.push_back(dp::RowKind::side_by_side);
    } else {
      for (auto const state : reached) next.push_back(static_cast<std::int32_t>(exchange.local_index(state)));
      number_begin.push_back(0);
      kind.push_back(dp::RowKind::apart);
    }
    entry_begin.push_back(static_cast<std::int64_t>(next.size()));
  }
  auto const label = "bellshard::incremental_worst_case::shared_rows";
  shared.kind = to_device(kind, label);
  shared.entry_begin = to_device(entry_begin, label);
  shared.next = to_device(next, label);
  shared.number_begin = to_device(number_begin, label);
  shared.number = to_device(number, label);
  return shared;
}

}  // namespace bellshard::incremental_worst_case
