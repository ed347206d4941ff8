#include "jobs/distributional_vi/shard.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "src/dist/reduce.hpp"
#include "src/mdp/sparse_pack.hpp"

namespace bellshard::distributional_vi {
namespace {

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

/// Rewards as whole numbers of units.
void count_in_units(mdp::Outcomes& outcomes, double unit) {
  auto const& rows = outcomes.rows;
  std::size_t t = 0;
  for (std::int64_t s = 0; s < rows.own.size(); ++s) {
    for (auto pair = rows.action_offset[at(s)]; pair < rows.action_offset[at(s + 1)]; ++pair) {
      for (; t < at(rows.transition_offset[at(pair + 1)]); ++t) {
        double const units = outcomes.reward[t] / unit, whole = std::round(units);
        BELLSHARD_INPUT(std::fabs(units - whole) <= 1e-9 * std::fmax(1, std::fabs(units)),
                        "law.kind = \"exact\": action {} of state {} may pay {}, which is no multiple of law.unit = {}; set a unit that divides every reward, or "
                        "law.kind = \"categorical\"",
                        pair - rows.action_offset[at(s)], rows.own.begin + s, outcomes.reward[t], unit);
        outcomes.reward[t] = whole + 0.0;
      }
    }
  }
}

}  // namespace

Shard load_shard(Context& context, Config const& config, mdp::Source const& source) {
  auto states = source.partition(context.comm());
  auto const own = states.block(context.rank());
  auto outcomes = source.outcomes(context.comm(), own, config.criterion.reward);
  if (config.law.kind == LawKind::exact) together(context.comm(), [&] { count_in_units(outcomes, config.law.unit); });
  GhostExchange exchange(context.comm(), states, mdp::foreign_states(outcomes.rows));
  for (auto& next : outcomes.rows.next_state) next = exchange.local_index(next);
  BELLSHARD_INPUT(exchange.local_items() <= std::numeric_limits<std::int32_t>::max(), "{}: a rank reads {} states; take more ranks", source.description(),
                  exchange.local_items());
  return {context.comm(), std::move(states), own, std::move(outcomes), std::move(exchange)};
}

Span reward_span(Shard const& shard) {
  auto const& reward = shard.outcomes.reward;
  double const infinity = std::numeric_limits<double>::infinity();
  double const low = reward.empty() ? infinity : *std::min_element(reward.begin(), reward.end());
  double const high = reward.empty() ? -infinity : *std::max_element(reward.begin(), reward.end());
  return {min_over_ranks(shard.comm, low), max_over_ranks(shard.comm, high)};
}

Span return_span(Shard const& shard, Config const& config) {
  auto const& rows = shard.outcomes.rows;
  auto const local = at(shard.exchange.local_items());
  double const discount = config.criterion.discount;
  std::vector<double> low(local, 0), high(local, 0), next_low(local, 0), next_high(local, 0);
  Span all;
  double change = 0;
  std::int64_t const sweeps = config.finite() ? config.criterion.horizon : 1'000'000;
  for (std::int64_t sweep = 0; sweep < sweeps; ++sweep) {
    shard.exchange.refresh(std::span(low));
    shard.exchange.refresh(std::span(high));
    double own[3] = {0, 0, 0};  // change, -low, high
    for (std::int64_t s = 0; s < shard.own.size(); ++s) {
      auto const first = rows.transition_offset[at(rows.action_offset[at(s)])], end = rows.transition_offset[at(rows.action_offset[at(s + 1)])];
      double least = std::numeric_limits<double>::infinity(), most = -least;
      for (auto t = at(first); t < at(end); ++t) {
        auto const next = at(rows.next_state[t]);
        least = std::fmin(least, shard.outcomes.reward[t] + discount * low[next]);
        most = std::fmax(most, shard.outcomes.reward[t] + discount * high[next]);
      }
      own[0] = std::fmax(own[0], std::fmax(std::fabs(least - low[at(s)]), std::fabs(most - high[at(s)])));
      own[1] = std::fmax(own[1], -least);
      own[2] = std::fmax(own[2], most);
      next_low[at(s)] = least;
      next_high[at(s)] = most;
    }
    max_over_ranks(shard.comm, std::span<double>(own));
    std::swap(low, next_low);
    std::swap(high, next_high);
    change = own[0];
    all.low = std::fmin(all.low, -own[1]);
    all.high = std::fmax(all.high, own[2]);
    if (change <= (config.finite() ? 0 : 1e-9 * (all.high - all.low))) break;
  }
  if (!config.finite()) {
    double const rest = change * discount / (1 - discount);  // of all sweeps that were left out
    all.low -= all.low < 0 ? rest : 0;
    all.high += all.high > 0 ? rest : 0;
  }
  return all;
}

}  // namespace bellshard::distributional_vi
