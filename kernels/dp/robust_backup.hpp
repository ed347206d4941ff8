#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>
#include <cstdint>

namespace bellshard::dp {

/// What a next step is worth at worst: n outcomes of value v[0] <= v[1] <= ... and weight w[k]. Of a distribution (w >= 0, sum 1) these
/// are the exact worst cases over all distributions near it. Weights of a regression, of either sign and any sum, are allowed too: the
/// duals below are then what the estimators of robust offline learning maximise, and each maximum is over its whole range.
struct Outcomes {
  double const* value;   ///< [outcome] ascending
  double const* weight;  ///< [outcome]
  std::int64_t size;
};

/// Sum of weights times min(value, cut).
KOKKOS_INLINE_FUNCTION double cut_expectation(Outcomes const& x, double cut) {
  double sum = 0;
  for (std::int64_t k = 0; k < x.size; ++k) sum += x.weight[k] * (x.value[k] < cut ? x.value[k] : cut);
  return sum;
}

/// Least over q of  E_q v + penalty TV(q, w),  TV = half the sum of |q - w|: values above the least one plus the penalty are cut.
KOKKOS_INLINE_FUNCTION double tv_penalised(Outcomes const& x, double penalty) {
  return x.size == 0 ? 0 : cut_expectation(x, x.value[0] + penalty);
}

/// Least E_q v over TV(q, w) <= radius, with q also on an outcome of value `low`:  max over a in [low, high] of
/// sum w min(v, a) - radius (a - low).  Linear between the values, so they are tried. An L1 ball of radius r is radius r / 2.
KOKKOS_INLINE_FUNCTION double tv_ball(Outcomes const& x, double radius, double low, double high) {
  double rest = 0;  // weight above the cut
  for (std::int64_t k = 0; k < x.size; ++k) rest += x.weight[k];
  double below = 0;  // sum of w v below the cut
  double best = low * rest;
  for (std::int64_t k = 0; k < x.size; ++k) {
    double const v = x.value[k];
    if (v > low && v < high) {
      double const at = below + v * rest - radius * (v - low);
      best = at > best ? at : best;
    }
    double const kept = v < low ? low : v < high ? v : high;  // values below `low` count as it
    below += x.weight[k] * kept;
    rest -= x.weight[k];
  }
  double const last = below - radius * (high - low);
  return last > best ? last : best;
}

/// -t log of the regression of exp(-v / t), written as 1 + sum w (exp(-v / t) - 1): where weights sum to less than 1 what is missing
/// counts as value 0, not as an unbounded one. Not above `most`. Where they sum to 1, but for rounding, nothing is missing, and cold
/// temperatures do not cancel.
KOKKOS_INLINE_FUNCTION bool is_whole(Outcomes const& x) {
  double sum = 0, sizes = 0;
  for (std::int64_t k = 0; k < x.size; ++k) sum += x.weight[k], sizes += ::fabs(x.weight[k]);
  return ::fabs(1 - sum) <= 1e-14 * sizes;
}
KOKKOS_INLINE_FUNCTION double soft_minimum(Outcomes const& x, double temperature, double most, bool whole) {
  double found = most;
  if (whole) {
    double sum = 0, least = x.value[0];
    for (std::int64_t k = 0; k < x.size; ++k) sum += x.weight[k] * ::exp((least - x.value[k]) / temperature);
    if (sum > 0) found = least - temperature * ::log(sum);
  } else {
    double less = 0;
    for (std::int64_t k = 0; k < x.size; ++k) less += x.weight[k] * ::expm1(-x.value[k] / temperature);
    if (less > -1) found = -temperature * ::log1p(less);
  }
  return found < most ? found : most;
}

/// Least over q of  E_q v + penalty KL(q | w).
KOKKOS_INLINE_FUNCTION double kl_penalised(Outcomes const& x, double penalty, double most) { return soft_minimum(x, penalty, most, is_whole(x)); }

/// Least E_q v over KL(q | w) <= radius:  max over t in [coolest, most / radius] of  soft_minimum(t) - t radius. On a geometric grid of
/// temperatures first, then by golden sections around the best one. `most`: no value is greater; coolest > 0.
KOKKOS_INLINE_FUNCTION double kl_ball(Outcomes const& x, double radius, double coolest, double most) {
  constexpr int points = 32, sections = 60;
  double const hottest = most / radius > coolest ? most / radius : coolest;
  double const step = ::pow(hottest / coolest, 1.0 / (points - 1));
  bool const whole = is_whole(x);
  auto const at = [&](double t) { return soft_minimum(x, t, most, whole) - t * radius; };
  double best = at(coolest), best_t = coolest, t = coolest;
  for (int k = 1; k < points; ++k) {
    t *= step;
    double const value = at(t);
    if (value > best) best = value, best_t = t;
  }
  constexpr double golden = 0.6180339887498949;
  double low = best_t / step > coolest ? best_t / step : coolest, high = best_t * step < hottest ? best_t * step : hottest;
  double a = high - golden * (high - low), b = low + golden * (high - low);
  double fa = at(a), fb = at(b);
  for (int k = 0; k < sections; ++k) {
    if (fa < fb) {
      low = a, a = b, fa = fb;
      b = low + golden * (high - low), fb = at(b);
    } else {
      high = b, b = a, fb = fa;
      a = high - golden * (high - low), fa = at(a);
    }
    best = fa > best ? fa : best;
    best = fb > best ? fb : best;
  }
  return best;
}

/// Least over q of  E_q v + penalty chi2(q | w):  max over a in [0, most] of  z(a) + z(a)^2 / (4 penalty) - z2(a) / (4 penalty),  z and z2
/// the sums of w min(v, a) and of w min(v, a)^2. A parabola between neighbouring values, so its vertex and the values are tried.
KOKKOS_INLINE_FUNCTION double chi2_penalised(Outcomes const& x, double penalty, double most) {
  double const inverse = 1 / (4 * penalty);
  double rest = 0;
  for (std::int64_t k = 0; k < x.size; ++k) rest += x.weight[k];
  double below = 0, below2 = 0, low = 0, best = 0;
  for (std::int64_t k = 0; k <= x.size; ++k) {
    double const high = k < x.size && x.value[k] < most ? x.value[k] : most;
    auto const at = [&](double a) {
      double const z = below + a * rest;
      return z + (z * z - below2 - a * a * rest) * inverse;
    };
    if (high > low) {
      double const end = at(high);
      best = end > best ? end : best;
      double const curve = (rest * rest - rest) * inverse, slope = rest + 2 * below * rest * inverse;
      double const vertex = curve < 0 ? -slope / (2 * curve) : low;
      if (vertex > low && vertex < high) {
        double const top = at(vertex);
        best = top > best ? top : best;
      }
      low = high;
    }
    if (k == x.size) break;
    double const v = x.value[k] < most ? x.value[k] : most;
    below += x.weight[k] * v;
    below2 += x.weight[k] * v * v;
    rest -= x.weight[k];
  }
  return best;
}

/// Least E_q v over chi2(q | w) = sum (q - w)^2 / w <= radius, of a distribution:  max over a of  a - sqrt(1 + radius) sqrt(E (a - v)+^2).
/// Concave in a; where its slope changes sign is bisected.
KOKKOS_INLINE_FUNCTION double chi2_ball(Outcomes const& x, double radius) {
  if (x.size == 0) return 0;
  double const factor = ::sqrt(1 + radius);
  double const least = x.value[0], spread = x.value[x.size - 1] - least;
  if (!(spread > 0)) return least;
  auto const moments = [&](double a, double& first, double& second) {
    first = second = 0;
    for (std::int64_t k = 0; k < x.size && x.value[k] < a; ++k) {
      double const short_by = a - x.value[k];
      first += x.weight[k] * short_by;
      second += x.weight[k] * short_by * short_by;
    }
  };
  // The slope 1 - factor first / sqrt(second) falls from 1 - factor sqrt(weight of the least value) to 1 - factor.
  double first, second, reach = spread;
  for (int k = 0; k < 200; ++k, reach *= 2) {
    moments(least + reach, first, second);
    if (factor * first >= ::sqrt(second)) break;
  }
  double low = 0, high = reach;
  for (int k = 0; k < 100; ++k) {
    double const middle = 0.5 * (low + high);
    moments(least + middle, first, second);
    (factor * first < ::sqrt(second) ? low : high) = middle;
  }
  moments(least + low, first, second);
  double const found = least + low - factor * ::sqrt(second);
  return found > least ? found : least;
}

}  // namespace bellshard::dp
