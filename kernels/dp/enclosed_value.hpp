#pragma once
#include <math.h>

#include "kernels/dp/sparse_sweep.hpp"

namespace bellshard::dp {

/// A sum of products in twice the working precision (Ogita, Rump & Oishi 2005, algorithm 5.3): |high + low - exact| is at most
/// (terms + 1)^2 2^-104 size, barring underflow.
struct DoubledSum {
  double high = 0;
  double low = 0;
  double size = 0;  ///< sum of the magnitudes

  KOKKOS_INLINE_FUNCTION void add(double a, double b) {
    double const product = a * b, rest = ::fma(a, b, -product);
    double const sum = high + product, moved = sum - high;
    low += ((high - (sum - moved)) + (product - moved)) + rest;
    high = sum;
    size += product < 0 ? -product : product;
  }
};

/// Q(s, a) and how far the exact one may lie from it, as a machine number minus or plus that bound.
struct EnclosedValue {
  double q;
  double error;
};

/// The same by plain sums: n products, n - 1 additions, one product and one addition, each 2^-53, and twice that for the rounding
/// of this bound itself and of what is added to it.
template <class Sum, class Model, class Pair, class Value>
KOKKOS_INLINE_FUNCTION EnclosedValue plainly_enclosed(Sum const& sum, Model const& model, Pair const& pair, Value const& value) {
  constexpr double unit = 1.1102230246251565e-16;  // 2^-53
  double const r = model.reward(pair.index);
  double const error = 2 * unit * (pair.transitions + 4.0) * ((r < 0 ? -r : r) + model.discount * sum.size(pair, value));
  return {action_value(sum, model, pair, value), error};
}

/// Q(s, a) = r + discount * sum p V(next) to about two roundings, however many transitions there are: what is proven by sweeps is as
/// narrow as numbers allow. Infinite values go the plain way.
template <class Sum, class Model, class Pair, class Value>
KOKKOS_INLINE_FUNCTION EnclosedValue enclosed_value(Sum const& sum, Model const& model, Pair const& pair, Value const& value) {
  constexpr double unit = 1.1102230246251565e-16;  // 2^-53
  DoubledSum next;
  sum.each(pair, [&](double p, std::int64_t place) { next.add(p, value[place]); });
  DoubledSum all;
  all.add(1, model.reward(pair.index));
  all.add(model.discount, next.high);
  all.low += model.discount * next.low;
  double const q = all.high + all.low;
  double const magnitude = q < 0 ? -q : q;
  if (!(magnitude < infinite)) return plainly_enclosed(sum, model, pair, value);
  double const terms = pair.transitions + 8.0;
  return {q, unit * (2.5 * magnitude + 4 * unit * terms * terms * (all.size + next.size))};
}

/// Nature's choice is a sum of its own.
template <class Model, class Pair, class Value>
KOKKOS_INLINE_FUNCTION EnclosedValue enclosed_value(IntervalSum const& sum, Model const& model, Pair const& pair, Value const& value) {
  return plainly_enclosed(sum, model, pair, value);
}

/// Q minus its error, or plus. An infinite Q is exact; a sum of both infinities tells nothing: it is the worst that it can be.
KOKKOS_INLINE_FUNCTION double at_least(EnclosedValue const& enclosed) {
  double const q = enclosed.q;
  return q != q ? -infinite : q == infinite ? q : q - enclosed.error;
}
KOKKOS_INLINE_FUNCTION double at_most(EnclosedValue const& enclosed) {
  double const q = enclosed.q;
  return q != q ? infinite : q == -infinite ? q : q + enclosed.error;
}

}  // namespace bellshard::dp
