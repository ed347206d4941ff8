#include "src/mdp/models/demand.hpp"

#include <algorithm>
#include <cmath>

namespace bellshard::mdp {
namespace {

/// Regularised lower incomplete gamma function by its series (DLMF 8.7.1): positive terms alone, so nothing cancels.
double gamma_distribution(double shape, double x) {
  if (x <= 0) return 0;
  double term = 1, sum = 1;
  for (int n = 1; term > 1e-18 * sum; ++n) {
    term *= x / (shape + n);
    sum += term;
  }
  return std::min(1.0, std::exp(shape * std::log(x) - x - std::lgamma(shape + 1)) * sum);
}

}  // namespace

std::vector<double> poisson_demand(double mean, int most) {
  std::vector<double> probability;
  double rest = 1;
  for (int d = 0; d < most; ++d) {
    probability.push_back(mean > 0 ? std::exp(d * std::log(mean) - mean - std::lgamma(d + 1.0)) : d == 0 ? 1.0 : 0.0);
    rest -= probability.back();
  }
  probability.push_back(std::max(0.0, rest));
  return probability;
}

std::vector<double> gamma_demand(double mean, double variation, int most) {
  double const shape = 1 / (variation * variation), scale = mean / shape;
  std::vector<double> probability;
  double before = 0;
  for (int d = 0; d < most; ++d) {
    double const below = gamma_distribution(shape, (d + 0.5) / scale);
    probability.push_back(below - before);
    before = below;
  }
  probability.push_back(1 - before);
  return probability;
}

}  // namespace bellshard::mdp
