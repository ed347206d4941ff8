#pragma once
#include <cstdint>

#include "kernels/sample/exponential.hpp"
#include "kernels/sample/philox.hpp"

namespace bellshard::sample {

/// Numerator or denominator of the quotients below: coefficient[0] + coefficient[1] x + ... + coefficient[7] x^7.
KOKKOS_INLINE_FUNCTION double degree_seven(double const (&coefficient)[8], double x) {
  double value = coefficient[7];
  for (int k = 6; k >= 0; --k) value = coefficient[k] + x * value;
  return value;
}

/// The standard normal number below which a share u in (0, 1) lies, within 1e-15 of it: algorithm AS 241 (Wichura 1988). Its
/// only function of a library is a square root, so that hosts and devices agree.
KOKKOS_INLINE_FUNCTION double normal_quantile(double u) {
  double const centre = u - 0.5;
  if (::fabs(centre) <= 0.425) {
    double const over[8] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
                            4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3};
    double const under[8] = {1.0,                     4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                             2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3};
    double const x = 0.180625 - centre * centre;
    return centre * degree_seven(over, x) / degree_seven(under, x);
  }
  double const tail = ::sqrt(exponential(centre < 0 ? u : 1 - u));
  double quantile;
  if (tail <= 5) {
    double const over[8] = {1.42343711074968357734e0, 4.63033784615654529590e0,  5.76949722146069140550e0,  3.64784832476320460504e0,
                            1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
    double const under[8] = {1.0,                       2.05319162663775882187e0,  1.67638483018380384940e0,  6.89767334985100004550e-1,
                             1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9};
    quantile = degree_seven(over, tail - 1.6) / degree_seven(under, tail - 1.6);
  } else {
    double const over[8] = {6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,  2.96560571828504891230e-1,
                            2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
    double const under[8] = {1.0,                       5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                             7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15};
    quantile = degree_seven(over, tail - 5) / degree_seven(under, tail - 5);
  }
  return centre < 0 ? -quantile : quantile;
}

/// The random numbers of one item (an episode, a chain), one after the other: two from each Philox block. Copies go on
/// from where they were made; skip_to() starts again at any of them, so that a restart needs no saved state but a count.
class Stream {
 public:
  KOKKOS_INLINE_FUNCTION Stream(std::uint32_t seed, std::uint32_t purpose, std::uint64_t item) : seed_(seed), purpose_(purpose), item_(item) {}

  /// Uniform in (0, 1).
  KOKKOS_INLINE_FUNCTION double uniform() {
    if (drawn_ % 2 == 0) block_ = draw_block(seed_, purpose_, item_, drawn_ / 2);
    int const first = drawn_++ % 2 == 0 ? 0 : 2;
    return sample::uniform(block_.word[first], block_.word[first + 1]);
  }
  KOKKOS_INLINE_FUNCTION double normal() { return normal_quantile(uniform()); }

  KOKKOS_INLINE_FUNCTION std::uint64_t drawn() const { return drawn_; }  ///< numbers so far [count]
  KOKKOS_INLINE_FUNCTION void skip_to(std::uint64_t number) {
    drawn_ = number;
    if (drawn_ % 2 == 1) block_ = draw_block(seed_, purpose_, item_, drawn_ / 2);
  }

 private:
  std::uint32_t seed_, purpose_;
  std::uint64_t item_;
  std::uint64_t drawn_ = 0;
  Block4 block_{};
};

}  // namespace bellshard::sample
