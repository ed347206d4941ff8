#pragma once
#include <vector>

namespace bellshard::mdp {

// Distributions of a whole demand 0, 1, ..., most; what lies above counts as `most`.
std::vector<double> poisson_demand(double mean, int most);
/// Gamma with this mean and coefficient of variation, cut at half-integers: P(d) = F(d + 1/2) - F(d - 1/2).
std::vector<double> gamma_demand(double mean, double variation, int most);

}  // namespace bellshard::mdp
