#include "src/mdp/models/file_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "src/base/error.hpp"

namespace bellshard::mdp {
namespace {

/// The own state of a pair and the action's index within it, both as people count them.
std::string pair_in_words(Rows const& rows, RowsPlace const& place, std::int64_t pair) {
  auto const after = std::upper_bound(rows.action_offset.begin(), rows.action_offset.end(), pair);
  auto const state = after - rows.action_offset.begin() - 1;
  return fmt::format("pair {} (action {} of state {})", place.first_pair + pair, pair - rows.action_offset[static_cast<std::size_t>(state)],
                     rows.own.begin + state);
}

bool ascending(std::span<std::int64_t const> next) {
  return std::adjacent_find(next.begin(), next.end(), std::greater_equal()) == next.end();
}

/// Next states ascending and none impossible: nothing to do.
bool in_order(Rows const& rows, std::int64_t begin, std::int64_t end) {
  auto const* next = rows.next_state.data();
  auto const* most = (rows.interval() ? rows.probability_upper : rows.probability).data();
  bool good = begin == end || most[begin] != 0;
  for (auto t = begin + 1; t < end; ++t) good = good & (next[t] > next[t - 1]) & (most[t] != 0);
  return good;
}

}  // namespace

void check_offsets(OffsetColumn const& column, Block own, std::span<std::int64_t const> offset) {
  if (own.empty()) return;
  BELLSHARD_INPUT(own.begin > 0 || offset[0] == 0, "{}[0] = {} (must be 0: offsets count from the first {})", column.name, offset[0], column.part);
  for (std::size_t i = 0; i < offset.size(); ++i) {
    auto const at = own.begin + static_cast<std::int64_t>(i);
    BELLSHARD_INPUT(offset[i] >= 0 && offset[i] <= column.parts, "{}[{}] = {} (must lie in 0 .. {}, the number of {}s in the file)",
                    column.name, at, offset[i], column.parts, column.part);
    if (i == 0) continue;
    BELLSHARD_INPUT(offset[i] >= offset[i - 1], "{}[{}] = {} is less than the offset before it, {}; offsets must not fall", column.name, at,
                    offset[i], offset[i - 1]);
    BELLSHARD_INPUT(offset[i] > offset[i - 1], "{}[{}] = {} as before it: {} {} has no {}; every {} needs at least one", column.name, at,
                    offset[i], column.item, at - 1, column.part, column.item);
  }
  BELLSHARD_INPUT(own.end < column.items || offset.back() == column.parts, "{}[{}] = {}, but the file holds {} {}s; the last offset must be that number",
                  column.name, own.end, offset.back(), column.parts, column.part);
}

void check_indices(std::string const& name, std::int64_t first, std::span<std::int64_t const> index, std::int64_t end) {
  for (std::size_t i = 0; i < index.size(); ++i) {
    BELLSHARD_INPUT(index[i] >= 0 && index[i] < end, "{}[{}] = {} (must lie in 0 .. {}; states count from 0)", name,
                    first + static_cast<std::int64_t>(i), index[i], end - 1);
  }
}

void check_finite(std::string const& name, std::int64_t first, std::span<double const> number) {
  for (std::size_t i = 0; i < number.size(); ++i) {
    BELLSHARD_INPUT(std::isfinite(number[i]), "{}[{}] = {} (must be finite); for a forbidden action leave the pair out, or give it a large finite cost",
                    name, first + static_cast<std::int64_t>(i), number[i]);
  }
}

void check_probabilities(std::string const& name, std::int64_t first, std::span<double const> probability, double tolerance) {
  for (std::size_t i = 0; i < probability.size(); ++i) {
    BELLSHARD_INPUT(probability[i] >= 0 && probability[i] <= 1 + tolerance, "{}[{}] = {} (must lie in 0 .. 1)", name,
                    first + static_cast<std::int64_t>(i), probability[i]);
  }
}

void check_intervals(std::string const& name, std::int64_t first, std::span<double const> lower, std::span<double const> upper) {
  for (std::size_t i = 0; i < lower.size(); ++i) {
    BELLSHARD_INPUT(upper[i] >= lower[i], "{}[{}] = {} is below the lower end {} in /probability", name, first + static_cast<std::int64_t>(i),
                    upper[i], lower[i]);
  }
}

void check_sums(RowsPlace const& place, Rows const& rows, double tolerance) {
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    double lower = 0;
    double upper = 0;
    for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
      lower += rows.probability[t];
      if (rows.interval()) upper += rows.probability_upper[t];
    }
    if (rows.interval()) {
      BELLSHARD_INPUT(lower <= 1 + tolerance && upper >= 1 - tolerance,
                      "{}: {} allows sums of {:.17g} to {:.17g}, and 1 is not among them; widen its intervals", place.name,
                      pair_in_words(rows, place, pair), lower, upper);
    } else {
      BELLSHARD_INPUT(std::abs(lower - 1) <= tolerance, "{}: {} sums to {:.17g} (must be 1 within {}); normalise it, or add the missing next states",
                      place.name, pair_in_words(rows, place, pair), lower, tolerance);
    }
  }
}

void check_expected(RowsPlace const& place, Outcomes const& outcomes) {
  auto const& rows = outcomes.rows;
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    double mean = 0, size = 0;
    for (auto t = rows.transition_offset[pair]; t < rows.transition_offset[pair + 1]; ++t) {
      mean += rows.probability[t] * outcomes.reward[t];
      size += rows.probability[t] * std::abs(outcomes.reward[t]);
    }
    BELLSHARD_INPUT(std::abs(mean - rows.reward[pair]) <= 1e-9 * std::max(1.0, size),
                    "{}: {} earns {:.17g}, but /transition_reward of its transitions is {:.17g} in the mean; store that mean", place.name,
                    pair_in_words(rows, place, pair), rows.reward[pair], mean);
  }
}

void tidy(Rows& rows) {
  std::vector<std::int64_t> order;
  std::vector<std::int64_t> next;
  std::vector<double> lower, upper;
  std::int64_t kept = 0;
  std::int64_t begin = 0;
  for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) {
    auto const end = rows.transition_offset[pair + 1];
    auto const size = end - begin;
    if (kept == begin && in_order(rows, begin, end)) {
      kept = begin = end;
      continue;
    }
    if (!ascending({rows.next_state.data() + begin, static_cast<std::size_t>(size)})) {
      order.resize(static_cast<std::size_t>(size));
      std::iota(order.begin(), order.end(), begin);
      std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return rows.next_state[a] < rows.next_state[b]; });
      auto const reorder = [&](auto& column, auto& copy) {
        copy.clear();
        for (auto t : order) copy.push_back(column[t]);
        std::copy(copy.begin(), copy.end(), column.begin() + begin);
      };
      reorder(rows.next_state, next);
      reorder(rows.probability, lower);
      if (rows.interval()) reorder(rows.probability_upper, upper);
    }
    auto const pair_begin = kept;
    for (auto t = begin; t < end; ++t) {
      if ((rows.interval() ? rows.probability_upper[t] : rows.probability[t]) == 0) continue;
      bool const again = kept > pair_begin && rows.next_state[kept - 1] == rows.next_state[t];
      auto const at = again ? kept - 1 : kept++;
      rows.next_state[at] = rows.next_state[t];
      rows.probability[at] = rows.probability[t] + (again ? rows.probability[at] : 0);
      if (rows.interval()) rows.probability_upper[at] = std::min(1.0, rows.probability_upper[t] + (again ? rows.probability_upper[at] : 0));
    }
    rows.transition_offset[pair + 1] = kept;
    begin = end;
  }
  rows.next_state.resize(static_cast<std::size_t>(kept));
  rows.probability.resize(static_cast<std::size_t>(kept));
  if (rows.interval()) rows.probability_upper.resize(static_cast<std::size_t>(kept));
}

}  // namespace bellshard::mdp
