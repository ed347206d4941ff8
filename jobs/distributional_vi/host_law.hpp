#pragma once
#include <functional>
#include <vector>

#include "jobs/distributional_vi/plan.hpp"

namespace bellshard::distributional_vi {

/// One law on the host: values that ascend, and what each of them weighs. In units.
struct HostLaw {
  std::vector<double> value;
  std::vector<double> probability;

  double mean(std::function<double(double)> const& of) const;
  double mean() const { return mean([](double x) { return x; }); }
  double lower_tail(double level) const;  ///< mean of the least share `level` of the outcomes
  double upper_tail(double level) const;  ///< of the greatest
};

/// A row of dp::Laws.
HostLaw host_law(LawKind kind, dp::AtomGrid const& atoms, double const* row);

/// What a total is worth, as the kernels see it.
double utility_of(dp::UtilityKind kind, double rate, double total);

/// What an objective in the utility of units comes to in rewards: the power of the unit that it grows with.
double objective_unit(dp::UtilityKind kind, double unit);

}  // namespace bellshard::distributional_vi
