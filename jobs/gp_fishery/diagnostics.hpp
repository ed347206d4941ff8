#pragma once
#include <cstdint>
#include <vector>

namespace bellshard::gp_fishery {

/// What several chains say of their own mixing (Gelman et al., Bayesian Data Analysis, 3rd ed., 11.4 and 11.5).
struct Mixing {
  double effective = 0;  ///< independent draws that would tell the mean as well [count]
  double reduction = 1;  ///< potential scale reduction: spread of all draws over that within chains, 1 where chains agree
};

/// value [chain, draw]; not a number where chains have fewer than four draws or all draws are equal.
Mixing mixing(std::vector<double> const& value, std::int64_t chains);

}  // namespace bellshard::gp_fishery
