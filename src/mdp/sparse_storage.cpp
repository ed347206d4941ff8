#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "src/base/error.hpp"
#include "src/mdp/sparse_pack.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::mdp {
namespace {

/// A device array whose item i is number(i).
template <class T, class Number>
Array<T const> filled(std::string const& label, std::int64_t items, Number const& number) {
  auto const array = large_array<Array<T>>(label, static_cast<std::size_t>(items));
  auto const host = Kokkos::create_mirror_view(array);
  for (std::int64_t i = 0; i < items; ++i) host(i) = static_cast<T>(number(i));
  Kokkos::deep_copy(array, host);
  return array;
}

/// Calls visit(place of the state, pair) for all pairs.
template <class Visit>
void for_each_pair(Rows const& rows, GhostExchange const& exchange, Visit const& visit) {
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    for (auto pair = rows.action_offset[s]; pair < rows.action_offset[s + 1]; ++pair) visit(exchange.own_first() + s, pair);
  }
}

/// The distinct probabilities in ascending order of their bits; one more than fit where there are more.
std::vector<std::uint64_t> distinct_bits(std::vector<double> const& numbers) {
  std::vector<std::uint64_t> distinct;
  for (double const number : numbers) {
    auto const bits = std::bit_cast<std::uint64_t>(number);
    auto const place = std::lower_bound(distinct.begin(), distinct.end(), bits);
    if (place != distinct.end() && *place == bits) continue;
    distinct.insert(place, bits);
    if (distinct.size() > dp::TabledProbabilities::table_size) break;
  }
  return distinct;
}

}  // namespace

StorageFit storage_fit(Rows const& rows, GhostExchange const& exchange) {
  StorageFit fit;
  for_each_pair(rows, exchange, [&](std::int64_t place, std::int64_t pair) {
    for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
      auto const distance = rows.next_state[t] - place;
      fit.near = fit.near && std::numeric_limits<std::int16_t>::min() <= distance && distance <= std::numeric_limits<std::int16_t>::max();
      fit.runs = fit.runs && (t == rows.transition_offset[pair] || rows.next_state[t] == rows.next_state[t - 1] + 1);
    }
  });
  fit.single = std::all_of(rows.probability.begin(), rows.probability.end(), [](double p) { return static_cast<double>(static_cast<float>(p)) == p; });
  fit.table = distinct_bits(rows.probability).size() <= dp::TabledProbabilities::table_size;
  return fit;
}

std::string storage_text(char const* columns, char const* probabilities, double bytes) {
  return fmt::format("{} and {}, {} bytes a transition", columns, probabilities, bytes);
}

template <>
dp::IndexedColumns pack_columns(Rows const& rows, GhostExchange const&) {
  return {filled<std::int32_t>("bellshard::mdp::column", rows.transitions(), [&](auto t) { return rows.next_state[t]; })};
}

template <>
dp::NearColumns pack_columns(Rows const& rows, GhostExchange const& exchange) {
  auto const distance = large_array<Array<std::int16_t>>("bellshard::mdp::distance", rows.next_state.size());
  auto const host = Kokkos::create_mirror_view(distance);
  for_each_pair(rows, exchange, [&](std::int64_t place, std::int64_t pair) {
    for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
      host(t) = static_cast<std::int16_t>(rows.next_state[t] - place);
    }
  });
  Kokkos::deep_copy(distance, host);
  return {distance};
}

template <>
dp::RunColumns pack_columns(Rows const& rows, GhostExchange const&) {
  return {filled<std::int32_t>("bellshard::mdp::run_begin", rows.pairs(), [&](auto pair) {
    auto const first = rows.transition_offset[pair];
    return first < rows.transition_offset[pair + 1] ? rows.next_state[first] : 0;
  })};
}

template <>
dp::PlainProbabilities pack_probabilities(Rows const& rows) {
  return {filled<double>("bellshard::mdp::probability", static_cast<std::int64_t>(rows.probability.size()), [&](auto t) { return rows.probability[t]; })};
}

template <>
dp::SingleProbabilities pack_probabilities(Rows const& rows) {
  return {filled<float>("bellshard::mdp::probability", static_cast<std::int64_t>(rows.probability.size()), [&](auto t) { return rows.probability[t]; })};
}

template <>
dp::IntervalProbabilities pack_probabilities(Rows const& rows) {
  auto const items = static_cast<std::int64_t>(rows.probability.size());
  auto const upper = [&](auto t) { return rows.interval() ? rows.probability_upper[t] : rows.probability[t]; };
  return {filled<double>("bellshard::mdp::probability", items, [&](auto t) { return rows.probability[t]; }),
          filled<double>("bellshard::mdp::probability_upper", items, upper)};
}

template <>
dp::TabledProbabilities pack_probabilities(Rows const& rows) {
  auto const distinct = distinct_bits(rows.probability);
  BELLSHARD_EXPECT(distinct.size() <= dp::TabledProbabilities::table_size);
  auto const code = [&](auto t) {
    return std::lower_bound(distinct.begin(), distinct.end(), std::bit_cast<std::uint64_t>(rows.probability[t])) - distinct.begin();
  };
  auto const number = [&](auto k) { return k < static_cast<std::int64_t>(distinct.size()) ? std::bit_cast<double>(distinct[k]) : 0.0; };
  return {filled<std::uint8_t>("bellshard::mdp::probability_code", static_cast<std::int64_t>(rows.probability.size()), code),
          filled<double>("bellshard::mdp::probability_table", dp::TabledProbabilities::table_size, number)};
}

}  // namespace bellshard::mdp
