#pragma once
#include <cmath>
#include <vector>

#include "kernels/host_copy.hpp"
#include "kernels/linalg/cholesky.hpp"

namespace bellshard::regression {

/// Gamma priors of the length scale (shape, scale) and of the noise (shape, rate).
struct GammaPriors {
  double length_shape = 10, length_scale = 10, noise_shape = 5, noise_rate = 5;
};

/// Observations y of an unknown function at x, under a Gaussian process of unit amplitude: cov(x, x') = exp(-(x - x')^2 / (2 length^2)), and noise^2 more
/// on the diagonal.
struct Observations {
  int size = 0;
  Array<double const> x, y;      ///< [observation]
  Array<double const> exponent;  ///< -(x - x')^2 / 2 [entry of the lower half]
};

inline Observations observations(std::vector<double> const& x, std::vector<double> const& y) {
  std::vector<double> exponent;
  for (std::size_t i = 0; i < x.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) exponent.push_back(-(x[i] - x[j]) * (x[i] - x[j]) / 2);
  }
  return {static_cast<int>(x.size()), to_device(x, "bellshard::regression::x"), to_device(y, "bellshard::regression::y"), to_device(exponent, "bellshard::regression::exponent")};
}

namespace detail {

/// The factor of a pack's covariance matrices into `matrix`, and L^-1 y behind it; gives the log of the determinants.
KOKKOS_INLINE_FUNCTION Pack factor_covariance(Observations const& seen, Pack const& length, Pack const& noise, double* matrix) {
  Pack const weight = 1.0 / (length * length);
  std::int64_t entry = 0;
  for (int i = 0; i < seen.size; ++i) {
    for (int j = 0; j < i; ++j, ++entry) store_pack(matrix + entry * pack_width, exponential_function(weight * seen.exponent(entry)));
    store_pack(matrix + entry * pack_width, 1.0 + noise * noise);
    ++entry;
  }
  for (int i = 0; i < seen.size; ++i, ++entry) store_pack(matrix + entry * pack_width, Pack{} + seen.y(i));
  return linalg::factor(matrix, seen.size, linalg::RightSide::one);
}

}  // namespace detail

/// Log posterior density at (log length, log noise) as the published program has it: -y' C^-1 y / 2 - log|C| - n/2 log 2 pi plus the logs of the priors; the whole
/// log|C|, and no Jacobian of the logarithms.
class LogPosterior {
 public:
  static constexpr int parameters = 2;

  LogPosterior(Observations const& seen, GammaPriors const& priors, std::int64_t packs)
      : seen_(seen),
        priors_(priors),
        constant_(-0.5 * seen.size * std::log(2 * 3.14159265358979323846) - std::lgamma(priors.length_shape) - priors.length_shape * std::log(priors.length_scale) - std::lgamma(priors.noise_shape) +
                  priors.noise_shape * std::log(priors.noise_rate)),
        scratch_("bellshard::regression::covariance", static_cast<std::size_t>(packs), static_cast<std::size_t>(scratch_entries(seen.size))) {}

  static std::int64_t scratch_entries(std::int64_t observations) { return linalg::half_entries(observations) + observations; }

  KOKKOS_FUNCTION Pack operator()(std::int64_t pack, Pack const (&point)[parameters]) const {
    Pack const length = exponential_function(point[0]), noise = exponential_function(point[1]);
    double* const matrix = &scratch_(static_cast<std::size_t>(pack), 0, 0);
    double const* const z = matrix + linalg::half_entries(seen_.size) * pack_width;
    Pack density = constant_ - detail::factor_covariance(seen_, length, noise, matrix);
    Pack squares{};
    for (int i = 0; i < seen_.size; ++i) {
      Pack const one = load_pack(z + i * pack_width);
      squares += one * one;
    }
    density -= 0.5 * squares;
    density += (priors_.length_shape - 1) * point[0] - length / priors_.length_scale;
    density += (priors_.noise_shape - 1) * point[1] - noise * priors_.noise_rate;
    return density;
  }

 private:
  Observations seen_;
  GammaPriors priors_;
  double constant_;
  PackedTable scratch_;
};

namespace detail {

struct Prediction {
  Observations seen;
  PackedTable sample, scratch, mean, variance;
  Array<double const> at;

  KOKKOS_FUNCTION void operator()(std::int64_t pack) const {
    auto const p = static_cast<std::size_t>(pack);
    Pack const length = load_pack(&sample(p, 0, 0)), noise = load_pack(&sample(p, 1, 0));
    double* const matrix = &scratch(p, 0, 0);
    double* const weights = matrix + linalg::half_entries(seen.size) * pack_width;
    double* const nearby = weights + seen.size * pack_width;
    factor_covariance(seen, length, noise, matrix);
    linalg::solve_upper(matrix, seen.size, weights);
    Pack const narrow = -0.5 / (length * length);
    for (std::size_t g = 0; g < at.extent(0); ++g) {
      Pack expected{};
      for (int i = 0; i < seen.size; ++i) {
        double const apart = at(g) - seen.x(i);
        Pack const covariance = exponential_function(narrow * (apart * apart));
        expected += covariance * load_pack(weights + i * pack_width);
        store_pack(nearby + i * pack_width, covariance);
      }
      linalg::solve_lower(matrix, seen.size, nearby);
      Pack left = Pack{} + 1.0;
      for (int i = 0; i < seen.size; ++i) left -= load_pack(nearby + i * pack_width) * load_pack(nearby + i * pack_width);
      store_pack(&mean(p, g, 0), expected);
      store_pack(&variance(p, g, 0), left);
    }
  }
};

}  // namespace detail

/// Mean and variance of the function (without noise) at the places `at`, for each pair (length, noise) of `sample` [pack, 2, lane]; lanes that hold no pair must
/// hold positive numbers. mean, variance [pack, place, lane].
inline void predict(Execution const& execution, Observations const& seen, PackedTable const& sample, Array<double const> const& at, PackedTable const& mean, PackedTable const& variance) {
  PackedTable const scratch(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::regression::scratch"), sample.extent(0),
                            static_cast<std::size_t>(LogPosterior::scratch_entries(seen.size) + seen.size));
  Kokkos::parallel_for("bellshard::regression::predict", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(sample.extent(0))),
                       detail::Prediction{seen, sample, scratch, mean, variance, at});
  execution.fence();
}

}  // namespace bellshard::regression
