#include "jobs/gp_fishery/maximum_likelihood.hpp"

#include <array>
#include <cmath>

#include "src/base/error.hpp"

namespace bellshard::gp_fishery {
namespace {

double dot(std::vector<double> const& a, std::vector<double> const& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

std::vector<double> most_likely_allen(Series const& alive, std::string const& place) {
  auto const size = alive.x.size();
  std::array<std::vector<double>, 4> column;  // 1, x, x^2 and what they are to explain
  for (std::size_t i = 0; i < size; ++i) {
    column[0].push_back(1);
    column[1].push_back(alive.x[i]);
    column[2].push_back(alive.x[i] * alive.x[i]);
    column[3].push_back(std::log(alive.y[i] / alive.x[i]));
  }
  // Modified Gram and Schmidt: column = sum of factor basis.
  std::array<std::array<double, 4>, 4> factor{};
  for (std::size_t b = 0; b < 3; ++b) {
    factor[b][b] = std::sqrt(dot(column[b], column[b]));
    BELLSHARD_INPUT(factor[b][b] > 1e-10 * std::sqrt(static_cast<double>(size)), "{}: has fewer than three different stocks, so no parabola is the most likely one; take \"mle\" out of models.names", place);
    for (auto& entry : column[b]) entry /= factor[b][b];
    for (std::size_t later = b + 1; later < 4; ++later) {
      factor[b][later] = dot(column[b], column[later]);
      for (std::size_t i = 0; i < size; ++i) column[later][i] -= factor[b][later] * column[b][i];
    }
  }
  double const c = factor[2][3] / factor[2][2];
  double const b = (factor[1][3] - factor[1][2] * c) / factor[1][1];
  double const a = (factor[0][3] - factor[0][1] * b - factor[0][2] * c) / factor[0][0];
  double const discriminant = b * b - 4 * a * c;
  BELLSHARD_INPUT(c < 0 && discriminant > 0 && a < 0 && b > 0,
                  "{}: the parabola log(y / x) = {:.4g} + {:.4g} x + {:.4g} x^2 that fits best has no growth between two positive stocks, so there is no most likely threshold; take \"mle\" out of models.names", place, a, b, c);
  double const capacity = (-b - std::sqrt(discriminant)) / (2 * c), threshold = a / (c * capacity);
  return {-c * capacity * capacity, capacity, threshold, std::sqrt(dot(column[3], column[3]) / static_cast<double>(size))};
}

}  // namespace bellshard::gp_fishery
