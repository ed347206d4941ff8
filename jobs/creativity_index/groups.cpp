#include "jobs/creativity_index/groups.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "kernels/sample/philox.hpp"

namespace bellshard::creativity_index {
namespace {

constexpr std::uint32_t purpose_first = 0x13, purpose_second = 0x14;
constexpr double tail = 0.025;

using Sample = std::vector<double>;

Sample values_at(std::vector<double> const& values, std::vector<std::int64_t> const& targets) {
  Sample sample;
  for (auto const t : targets) sample.push_back(values[static_cast<std::size_t>(t)]);
  return sample;
}

void resample(Config const& config, std::uint32_t purpose, std::int64_t draw, Sample const& from, Sample& to) {
  to.resize(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    auto const words = sample::draw_block(static_cast<std::uint32_t>(config.seed), purpose, i, static_cast<std::uint64_t>(draw));
    auto const at = static_cast<std::size_t>(sample::uniform(words.word[0], words.word[1]) * static_cast<double>(from.size()));
    to[i] = from[at];
  }
}

/// The value of a statistic of two samples and the percentiles of what resampling makes of it.
Estimated bootstrap(Config const& config, Sample const& a, Sample const& b, std::function<double(Sample const&, Sample const&)> const& statistic) {
  auto const nan = std::numeric_limits<double>::quiet_NaN();
  Estimated estimated{statistic(a, b), nan, nan};
  if (config.resamples == 0 || std::isnan(estimated.value)) return estimated;
  Sample of_a, of_b;
  std::vector<double> draws;
  for (std::int64_t draw = 0; draw < config.resamples; ++draw) {
    resample(config, purpose_first, draw, a, of_a);
    resample(config, purpose_second, draw, b, of_b);
    draws.push_back(statistic(of_a, of_b));
  }
  std::sort(draws.begin(), draws.end());
  auto const last = static_cast<double>(draws.size() - 1);
  estimated.low = draws[static_cast<std::size_t>(std::floor(tail * last))];
  estimated.high = draws[static_cast<std::size_t>(std::ceil((1 - tail) * last))];
  return estimated;
}

double mean_of(Sample const& sample) {
  double sum = 0;
  for (auto const value : sample) sum += value;
  return sum / static_cast<double>(sample.size());  // of nothing: not a number
}

/// Mann and Whitney (1947), by ranks: ties share their mean rank.
double area_of(Sample const& positive, Sample const& negative) {
  if (positive.empty() || negative.empty()) return std::numeric_limits<double>::quiet_NaN();
  std::vector<std::pair<double, bool>> all;
  for (auto const value : positive) all.emplace_back(value, true);
  for (auto const value : negative) all.emplace_back(value, false);
  std::sort(all.begin(), all.end());
  double ranks = 0;
  for (std::size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    double positives = 0;
    for (end = begin; end < all.size() && all[end].first == all[begin].first; ++end) positives += all[end].second ? 1 : 0;
    ranks += positives * (static_cast<double>(begin + end) + 1) / 2;
  }
  auto const p = static_cast<double>(positive.size()), n = static_cast<double>(negative.size());
  return (ranks - p * (p + 1) / 2) / (p * n);
}

/// Values of fields as a name; null is left out.
std::string joined(std::vector<std::string> const& fields) {
  std::string name;
  for (auto const& field : fields) {
    if (!name.empty() && !field.empty()) name += ' ';
    name += field;
  }
  return name.empty() ? "any" : name;
}

/// null, which is empty here, agrees with anything.
bool agree(std::vector<std::string> const& a, std::vector<std::string> const& b) {
  for (std::size_t k = 0; k < a.size(); ++k) {
    if (a[k] != b[k] && !a[k].empty() && !b[k].empty()) return false;
  }
  return true;
}

template <class List>
auto& named(List& list, std::string const& name) {
  auto const found = std::find_if(list.begin(), list.end(), [&](auto const& item) { return item.name == name; });
  if (found != list.end()) return *found;
  list.emplace_back().name = name;
  return list.back();
}

}  // namespace

std::vector<Group> groups_of(Config const& config, Targets const& targets) {
  std::vector<Group> by_side, by_all;
  for (std::int64_t t = 0; t < targets.size(); ++t) {
    auto fields = targets.fields[static_cast<std::size_t>(t)];
    if (targets.length(t) == 0) continue;
    auto const side = fields.empty() ? "all" : joined({fields.back()});
    named(by_side, side).targets.push_back(t);
    if (config.strata.empty()) continue;
    fields.pop_back();
    named(by_all, joined(fields) + " " + side).targets.push_back(t);
  }
  by_side.insert(by_side.end(), by_all.begin(), by_all.end());
  return by_side;
}

std::vector<Comparison> comparisons_of(Config const& config, Targets const& targets) {
  std::vector<Comparison> comparisons;
  if (config.by.empty()) return comparisons;
  comparisons.emplace_back().name = "all";
  std::vector<std::vector<std::string>> strata;  // of those targets that say all fields
  for (std::int64_t t = 0; t < targets.size() && !config.strata.empty(); ++t) {
    auto fields = targets.fields[static_cast<std::size_t>(t)];
    fields.pop_back();
    bool const whole = std::find(fields.begin(), fields.end(), "") == fields.end();
    if (!whole || std::find(strata.begin(), strata.end(), fields) != strata.end()) continue;
    strata.push_back(fields);
    comparisons.emplace_back().name = joined(fields);
  }
  for (std::int64_t t = 0; t < targets.size(); ++t) {
    if (targets.length(t) == 0) continue;
    auto fields = targets.fields[static_cast<std::size_t>(t)];
    bool const positive = fields.back() == config.positive;
    fields.pop_back();
    auto const add = [&](Comparison& comparison) { (positive ? comparison.positive : comparison.negative).push_back(t); };
    add(comparisons.front());
    for (std::size_t k = 0; k < strata.size(); ++k) {
      if (agree(strata[k], fields)) add(comparisons[k + 1]);
    }
  }
  return comparisons;
}

Estimated mean(Config const& config, std::vector<double> const& values, std::vector<std::int64_t> const& targets) {
  return bootstrap(config, values_at(values, targets), {}, [](Sample const& a, Sample const&) { return mean_of(a); });
}

Estimated difference(Config const& config, std::vector<double> const& values, Comparison const& comparison) {
  return bootstrap(config, values_at(values, comparison.positive), values_at(values, comparison.negative),
                   [](Sample const& a, Sample const& b) { return mean_of(a) - mean_of(b); });
}

Estimated roc_area(Config const& config, std::vector<double> const& values, Comparison const& comparison) {
  return bootstrap(config, values_at(values, comparison.positive), values_at(values, comparison.negative), area_of);
}

}  // namespace bellshard::creativity_index
