#include "src/mdp/sparse_pack.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

#include "src/base/error.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

void sort_unique(std::vector<std::int64_t>& items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
}

/// Does a chunk of states lead to items of other ranks?
bool leads_out(Rows const& rows, GhostExchange const& exchange, std::int64_t chunk) {
  auto const first = chunk * dp::chunk_states;
  auto const last = std::min(first + dp::chunk_states, rows.own.size());
  auto const begin = rows.transition_offset[rows.action_offset[first]], end = rows.transition_offset[rows.action_offset[last]];
  Block const own{exchange.own_first(), exchange.own_first() + exchange.own_items()};
  return !std::all_of(rows.next_state.begin() + begin, rows.next_state.begin() + end, [&](auto place) { return own.contains(place); });
}

/// A device array of host numbers, converted to T.
template <class T, class Number>
Array<T const> to_device(std::string const& label, std::vector<Number> const& numbers) {
  auto const array = large_array<Array<T>>(label, numbers.size());
  auto const host = Kokkos::create_mirror_view(array);
  for (std::size_t i = 0; i < numbers.size(); ++i) host(i) = static_cast<T>(numbers[i]);
  Kokkos::deep_copy(array, host);
  return array;
}

}  // namespace

void ForeignStates::add(Rows const& rows) {
  for (auto next : rows.next_state) {
    if (own_.contains(next)) continue;
    items_.push_back(next);
    // Repeats go before they fill the memory.
    if (items_.size() < 2 * sorted_ + (std::size_t{1} << 20)) continue;
    sort_unique(items_);
    sorted_ = items_.size();
  }
}

std::vector<std::int64_t> ForeignStates::take() && {
  sort_unique(items_);
  return std::move(items_);
}

std::vector<std::int64_t> foreign_states(Rows const& rows) {
  ForeignStates foreign(rows.own);
  foreign.add(rows);
  return std::move(foreign).take();
}

void drop_impossible(Rows& rows) {
  auto const& most = rows.interval() ? rows.probability_upper : rows.probability;
  if (std::find(most.begin(), most.end(), 0.0) == most.end()) return;
  std::int64_t kept = 0, begin = 0;
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    auto const end = rows.transition_offset[pair + 1];
    for (auto t = begin; t < end; ++t) {
      if (most[t] == 0) continue;
      rows.next_state[kept] = rows.next_state[t];
      rows.probability[kept] = rows.probability[t];
      if (rows.interval()) rows.probability_upper[kept] = rows.probability_upper[t];
      ++kept;
    }
    begin = end;
    rows.transition_offset[pair + 1] = kept;
  }
  rows.next_state.resize(kept);
  rows.probability.resize(kept);
  if (rows.interval()) rows.probability_upper.resize(kept);
}

PackedPairs pack_pairs(Rows const& rows) {
  auto const transition_begin = large_array<Array<std::int64_t>>("bellshard::mdp::transition_begin", rows.own.size() + 1);
  auto const pair_end = large_array<Array<std::uint32_t>>("bellshard::mdp::pair_end", rows.pairs());
  auto const begin_on_host = Kokkos::create_mirror_view(transition_begin);
  auto const end_on_host = Kokkos::create_mirror_view(pair_end);
  for (std::int64_t s = 0; s <= rows.own.size(); ++s) begin_on_host(s) = rows.transition_offset[rows.action_offset[s]];
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    BELLSHARD_INPUT(begin_on_host(s + 1) - begin_on_host(s) <= std::numeric_limits<std::uint32_t>::max(),
                    "state {} has {} transitions (a state of a stored model may have 2^32 - 1); give it fewer actions, or generate the "
                    "model instead of storing it",
                    rows.own.begin + s, begin_on_host(s + 1) - begin_on_host(s));
    for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) {
      end_on_host(pair) = static_cast<std::uint32_t>(rows.transition_offset[pair + 1] - begin_on_host(s));
    }
  }
  Kokkos::deep_copy(transition_begin, begin_on_host);
  Kokkos::deep_copy(pair_end, end_on_host);
  return {to_device<std::int64_t>("bellshard::mdp::pair_begin", rows.action_offset), transition_begin, pair_end,
          to_device<double>("bellshard::mdp::reward", rows.reward)};
}

void widen(RowExtremes& extremes, Rows const& rows) {
  if (rows.interval()) extremes.off_one = std::numeric_limits<double>::infinity();
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    auto const begin = rows.transition_offset[pair], end = rows.transition_offset[pair + 1];
    double const sum = std::accumulate(rows.probability.begin() + begin, rows.probability.begin() + end, 0.0);
    extremes.transitions = std::max(extremes.transitions, static_cast<double>(end - begin));
    extremes.reward = std::max(extremes.reward, std::abs(rows.reward[pair]));
    extremes.off_one = std::max(extremes.off_one, std::abs(sum - 1));
  }
}

RowExtremes extremes_over_ranks(MPI_Comm comm, RowExtremes const& own) {
  std::array<double, 3> most{own.transitions, own.reward, own.off_one};
  max_over_ranks(comm, most);
  return {most[0], most[1], most[2] + most[0] * 0x1p-52};
}

void localise(Rows& rows, GhostExchange const& exchange) {
  BELLSHARD_INPUT(exchange.local_items() <= std::numeric_limits<std::int32_t>::max(),
                  "one rank holds {} states, its own and those it leads to (a stored model indexes them with 32 bits); use more ranks",
                  exchange.local_items());
  for (auto& next : rows.next_state) next = exchange.local_index(next);
}

Chunks sort_chunks(Rows const& localised, GhostExchange const& exchange) {
  auto const chunks = (localised.own.size() + dp::chunk_states - 1) / dp::chunk_states;
  std::vector<std::int64_t> all, interior, border;
  for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
    all.push_back(chunk);
    (leads_out(localised, exchange, chunk) ? border : interior).push_back(chunk);
  }
  bool const long_rows = localised.transitions() >= dp::long_row * std::max<std::int64_t>(1, localised.pairs());
  auto const list = [&](std::string const& label, std::vector<std::int64_t> const& chunk) {
    return dp::ChunkList{to_device<std::int32_t>(label, chunk), localised.own.size(), long_rows};
  };
  return {list("bellshard::mdp::chunks", all), list("bellshard::mdp::interior_chunks", interior),
          list("bellshard::mdp::border_chunks", border)};
}

}  // namespace bellshard::mdp
