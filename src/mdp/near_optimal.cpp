#include "src/mdp/near_optimal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "src/base/hash.hpp"
#include "src/dist/ghost_exchange.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/sparse_pack.hpp"

namespace bellshard::mdp {
namespace {

std::uint64_t digest_of(std::int64_t state, std::int64_t action) {
  std::array<std::int64_t, 2> const both{state, action};
  return checksum(both.data(), sizeof both);
}

}  // namespace

ActionChoice near_optimal(MPI_Comm comm, Partition const& states, Rows const& rows, Criterion const& criterion, std::span<double const> lower,
                          std::span<double const> upper, double slack, ActionChoice const* among) {
  bool const most = criterion.objective == Objective::max;
  auto const optimistic = most ? upper : lower;
  GhostExchange const exchange(comm, states, foreign_states(rows));
  std::vector<double> value(static_cast<std::size_t>(exchange.local_items()));
  std::copy(optimistic.begin(), optimistic.end(), value.begin() + exchange.own_first());
  exchange.refresh(std::span(value));

  ActionChoice choice;
  choice.action_offset = rows.action_offset;
  choice.keep.assign(static_cast<std::size_t>(rows.pairs()), 0);
  double width = 0, largest_error = 0;
  for (std::size_t s = 0; s + 1 < rows.action_offset.size(); ++s) {
    width = std::fmax(width, upper[s] - lower[s]);
    for (auto pair = static_cast<std::size_t>(rows.action_offset[s]); pair < static_cast<std::size_t>(rows.action_offset[s + 1]); ++pair) {
      if (among && !among->keep[pair]) continue;
      double sum = 0, size = 0;
      auto const begin = static_cast<std::size_t>(rows.transition_offset[pair]), end = static_cast<std::size_t>(rows.transition_offset[pair + 1]);
      for (auto t = begin; t < end; ++t) {
        double const v = value[static_cast<std::size_t>(exchange.local_index(rows.next_state[t]))];
        sum += rows.probability[t] * v;
        size += rows.probability[t] * std::fabs(v);
      }
      double const q = rows.reward[pair] + criterion.discount * sum;
      double const error = 0x1p-52 * (static_cast<double>(end - begin) + 4) * (std::fabs(rows.reward[pair]) + criterion.discount * size);
      bool const stays = most ? q + error >= lower[s] - slack : q - error <= upper[s] + slack;
      choice.keep[pair] = stays;
      choice.kept += stays;
      if (stays) choice.digest += digest_of(rows.own.begin + static_cast<std::int64_t>(s), static_cast<std::int64_t>(pair) - rows.action_offset[s]);
      largest_error = std::fmax(largest_error, error);
    }
  }
  choice.kept = sum_over_ranks(comm, choice.kept);
  choice.digest = static_cast<std::uint64_t>(sum_over_ranks(comm, static_cast<std::int64_t>(choice.digest)));
  choice.all = sum_over_ranks(comm, rows.pairs());
  choice.most_loss = (slack + 2 * max_over_ranks(comm, largest_error) + (1 + criterion.discount) * max_over_ranks(comm, width)) / (1 - criterion.discount);
  return choice;
}

Rows keep_pairs(Rows const& rows, std::span<std::uint8_t const> keep) {
  Rows left;
  left.own = rows.own;
  left.states = rows.states;
  auto const copy = [](auto const& from, auto begin, auto end, auto& to) { to.insert(to.end(), from.begin() + begin, from.begin() + end); };
  for (std::size_t s = 0; s + 1 < rows.action_offset.size(); ++s) {
    for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
      if (!keep[static_cast<std::size_t>(pair)]) continue;
      auto const begin = rows.transition_offset[static_cast<std::size_t>(pair)], end = rows.transition_offset[static_cast<std::size_t>(pair) + 1];
      copy(rows.next_state, begin, end, left.next_state);
      copy(rows.probability, begin, end, left.probability);
      left.reward.push_back(rows.reward[static_cast<std::size_t>(pair)]);
      left.transition_offset.push_back(left.transitions());
    }
    left.action_offset.push_back(left.pairs());
  }
  return left;
}

void renumber_actions(Answer& answer, ActionChoice const& choice) {
  auto const number = std::make_shared<std::vector<std::int32_t>>();  // [pair that stays] within its state
  auto const first = std::make_shared<std::vector<std::int64_t>>();   // [own state] its first pair that stays
  auto const& offset = choice.action_offset;
  for (std::size_t s = 0; s + 1 < offset.size(); ++s) {
    first->push_back(static_cast<std::int64_t>(number->size()));
    for (auto pair = offset[s]; pair < offset[s + 1]; ++pair) {
      if (choice.keep[static_cast<std::size_t>(pair)]) number->push_back(static_cast<std::int32_t>(pair - offset[s]));
    }
  }
  for (auto& field : answer.fields) {
    if (field.name != "action") continue;
    field.fetch = [inner = field.fetch, number, first, own = field.own](Block items, void* host) {
      inner(items, host);
      auto* const action = static_cast<std::int32_t*>(host);
      for (std::int64_t k = 0; k < items.size(); ++k) {
        if (action[k] >= 0) action[k] = (*number)[static_cast<std::size_t>((*first)[static_cast<std::size_t>(items.begin - own.begin + k)] + action[k])];
      }
    };
  }
}

}  // namespace bellshard::mdp
