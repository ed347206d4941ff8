#pragma once
#include <cstdint>

#include "kernels/dp/objective.hpp"

namespace bellshard::mdp {

using dp::Objective;

enum class CriterionKind {
  discounted,              ///< sum of discount^t reward
  finite_horizon,          ///< sum of the rewards of `horizon` steps, discounted, plus a terminal reward
  total_reward,            ///< sum of rewards until the target is met; +infinity where it is missed with positive probability
  reachability,            ///< probability to meet the target, all states before it being allowed
  bounded_reachability,    ///< the same within `horizon` steps
  reward_reachability,     ///< the same before the sum of (whole, not negative) rewards exceeds `budget`
  average_reward           ///< long-run average reward per step
};

/// Interval models: whom the choice within the intervals serves.
enum class Nature { adversarial, cooperative };

struct Criterion {
  CriterionKind kind = CriterionKind::discounted;
  Objective objective = Objective::max;
  double discount = 1;          ///< [1]
  std::int64_t horizon = 0;     ///< [steps]
  Nature nature = Nature::adversarial;
  double budget = 0;            ///< [reward]
};

}  // namespace bellshard::mdp
