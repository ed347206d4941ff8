#pragma once
#include <string>
#include <vector>

#include "jobs/robust_offline/config.hpp"
#include "kernels/dp/feature_map.hpp"
#include "kernels/dp/pessimistic_value.hpp"

namespace bellshard::robust_offline {

/// What a policy does where the tests look: [stage, place] of one run. A place is a state, or a node of the tree of prices.
using Policy = std::vector<std::int32_t>;

/// Features, known rewards, and tests of one world. The same on every rank.
struct World {
  WorldKind kind = WorldKind::linear_walk;
  std::int64_t horizon = 1;
  std::int64_t factors = 1;
  std::int64_t states = 0;           ///< 0: states are real numbers
  double strike = -1;                ///< of stopping; negative: no such action
  dp::FeatureMap features;
  std::vector<double> theta;         ///< [stage, factor] known reward phi theta
  std::vector<double> feature;       ///< [state, action, factor] on the host; finite states alone
  std::vector<double> perturbation;  ///< of the tests; empty: none
  std::string perturbation_name;
  std::vector<double> place;         ///< [stage, places] states where the policy is looked at; -1: no such place
  std::int64_t places = 0;
  std::vector<double> ups, downs;    ///< [steps] powers of 1.02 and 0.98, of the put

  double price(double start, std::int64_t step, std::int64_t rises) const { return start * ups[static_cast<std::size_t>(rises)] * downs[static_cast<std::size_t>(step - rises)]; }
  /// linear_walk: P(next | factor) of a stage, where a share of the arrivals of the first step falls [factor, state].
  std::vector<double> next_states(std::int64_t stage, double share) const;
  /// Expected return of a policy in the world that a test makes, exactly.
  double evaluate(Policy const& policy, double perturbation) const;
  /// Greatest expected return of any policy there.
  double optimum(double perturbation) const;
};

/// Exit 4 where the file of a table is not right. Collective.
World make_world(Context& context, Config const& config);

}  // namespace bellshard::robust_offline
