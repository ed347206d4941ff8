#pragma once
#include <string>
#include <vector>

#include "jobs/creativity_index/targets.hpp"

namespace bellshard::creativity_index {

/// A number with its interval of 95 percent.
struct Estimated {
  double value, low, high;
};

/// Targets that agree in the fields that groups are told apart by.
struct Group {
  std::string name;                    ///< "xsum davinci human"
  std::vector<std::int64_t> targets;
};

/// Two sides of a stratum: the targets whose field `by` is the positive value, and the others.
struct Comparison {
  std::string name;  ///< "xsum davinci", or "all"
  std::vector<std::int64_t> positive, negative;
};

/// In the order in which they come first; those of `by` alone first, where there are strata. Texts without a word belong to none.
std::vector<Group> groups_of(Config const& config, Targets const& targets);
std::vector<Comparison> comparisons_of(Config const& config, Targets const& targets);

/// Mean of values [target] over some targets, with the percentile bootstrap (Efron 1979).
Estimated mean(Config const& config, std::vector<double> const& values, std::vector<std::int64_t> const& targets);
/// Mean of the positive side less that of the negative one.
Estimated difference(Config const& config, std::vector<double> const& values, Comparison const& comparison);
/// Area below the ROC curve of "positive where the value is greater": the share of pairs in which it is, ties by half. 0.5: no better than chance.
Estimated roc_area(Config const& config, std::vector<double> const& values, Comparison const& comparison);

}  // namespace bellshard::creativity_index
