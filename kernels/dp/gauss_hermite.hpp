#pragma once
#include <array>
#include <cmath>

namespace bellshard::dp {

/// E f(e), e ~ N(0, 1), as the sum of weight[i] f(node[i]): exact for polynomials of degree 2 Points - 1. Nodes rise.
template <int Points>
struct Quadrature {
  double node[Points];
  double weight[Points];
};

/// The nodes are the roots of the Hermite polynomial He_n of probability, n = Points, which those of He_(n-1) separate: each is found by bisection
/// between two of those. On the host.
template <int Points>
Quadrature<Points> gauss_hermite() {
  static_assert(Points >= 1 && Points <= 32);
  // He_n scaled to norm 1: sqrt(k+1) h_(k+1) = x h_k - sqrt(k) h_(k-1).
  auto const hermite = [](int degree, double x) {
    double before = 0, value = 1;
    for (int k = 0; k < degree; ++k) {
      double const next = (x * value - std::sqrt(static_cast<double>(k)) * before) / std::sqrt(k + 1.0);
      before = value;
      value = next;
    }
    return value;
  };
  double const bound = 2 * std::sqrt(static_cast<double>(Points)) + 1;  // of all roots
  std::array<double, Points + 2> border{}, root{};
  border[0] = -bound;
  border[1] = bound;
  for (int degree = 1; degree <= Points; ++degree) {
    for (int i = 0; i < degree; ++i) {
      double low = border[static_cast<std::size_t>(i)], high = border[static_cast<std::size_t>(i) + 1];
      bool const rises = hermite(degree, high) > 0;
      for (int halving = 0; halving < 80; ++halving) {
        double const middle = 0.5 * (low + high);
        ((hermite(degree, middle) > 0) == rises ? high : low) = middle;
      }
      root[static_cast<std::size_t>(i)] = 2 * i + 1 == degree ? 0 : 0.5 * (low + high);
    }
    for (int i = degree; i >= 1; --i) border[static_cast<std::size_t>(i)] = root[static_cast<std::size_t>(i) - 1];
    border[static_cast<std::size_t>(degree) + 1] = bound;
  }
  Quadrature<Points> quadrature;
  for (int i = 0; i < Points; ++i) {
    double const x = root[static_cast<std::size_t>(i)], slope = hermite(Points - 1, x);
    quadrature.node[i] = x;
    quadrature.weight[i] = 1 / (Points * slope * slope);
  }
  return quadrature;
}

}  // namespace bellshard::dp
