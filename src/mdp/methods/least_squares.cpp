#include "src/mdp/methods/least_squares.hpp"

#include <cmath>

namespace bellshard::mdp {
namespace {

/// Of the squared length of a column. The products are rounded to 1e-16 of it, so less would divide by that.
constexpr double regularisation = 1e-12;

}  // namespace

linalg::Factors least_squares(linalg::ProductTable const& products, int count) {
  constexpr int most = linalg::VectorList::most;
  double scale[most] = {}, lower[most][most] = {}, x[most] = {};
  for (int i = 0; i < count; ++i) scale[i] = products(i, i) > 0 ? 1 / std::sqrt(products(i, i)) : 0;
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j <= i; ++j) {
      double sum = i == j ? 1 + regularisation : products(i, j) * scale[i] * scale[j];
      for (int k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
      if (i == j && !(sum > 0)) return {};
      lower[i][j] = i == j ? std::sqrt(sum) : sum / lower[j][j];
    }
    double sum = products(count, i) * scale[i];
    for (int k = 0; k < i; ++k) sum -= lower[i][k] * x[k];
    x[i] = sum / lower[i][i];
  }
  linalg::Factors factors;
  for (int i = count; i-- > 0;) {
    for (int k = i + 1; k < count; ++k) x[i] -= lower[k][i] * x[k];
    x[i] /= lower[i][i];
    factors.factor[i] = x[i] * scale[i];
    if (!std::isfinite(factors.factor[i])) return {};
  }
  return factors;
}

}  // namespace bellshard::mdp
