#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

namespace bellshard::sample {

/// -log(u) for u in (0, 1), within a few units in the last place. Not the library's logarithm, whose last bit differs between
/// hosts and devices: this one is additions, products and one quotient, which are the same everywhere.
KOKKOS_INLINE_FUNCTION double exponential(double u) {
  // u = m / 2^halvings, m in [2/3, 4/3): doubling is exact.
  std::int64_t halvings = 0;
  for (; u < 2.0 / 3; ++halvings) u *= 2;
  // log m = 2 atanh t = 2 t (1 + t^2/3 + t^4/5 + ...), |t| <= 1/5: the terms left out are below 1e-17.
  double const t = (u - 1) / (u + 1);
  double const t2 = t * t;
  double series = 0;
  for (int k = 25; k >= 3; k -= 2) series = t2 * (1.0 / k + series);
  return static_cast<double>(halvings) * 0.6931471805599453 - 2 * t * (1 + series);
}

}  // namespace bellshard::sample
