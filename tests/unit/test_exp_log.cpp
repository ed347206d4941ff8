#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/elementary/exp_log.hpp"

using namespace bellshard;

namespace {

/// Distance in units of the last place of the expected number.
double units_apart(double found, double expected) { return std::fabs(found - expected) / (std::nextafter(std::fabs(expected), HUGE_VAL) - std::fabs(expected)); }

template <class Function>
Pack in_pack(Function const& function, std::vector<double> const& x, std::size_t first) {
  double lanes[pack_width];
  for (int l = 0; l < pack_width; ++l) lanes[l] = x[(first + static_cast<std::size_t>(l)) % x.size()];
  return function(load_pack(lanes));
}

}  // namespace

TEST_CASE("exponentials and logarithms are those of the library, up to a few units in the last place, alone and in packs alike") {
  std::mt19937 draw(1);
  std::vector<double> exponents, numbers;
  for (int i = 0; i < 20000; ++i) {
    exponents.push_back(std::uniform_real_distribution(-700.0, 700.0)(draw) * (i % 2 == 0 ? 1 : 1e-3));
    numbers.push_back(i % 2 == 0 ? std::exp(exponents.back()) : 1 + 1e-3 * exponents.back());
  }

  double worst_exp = 0, worst_log = 0;
  bool same = true;
  for (std::size_t i = 0; i < exponents.size(); ++i) {
    double const e = exponential_function(exponents[i]), l = logarithm(numbers[i]);
    worst_exp = std::max(worst_exp, units_apart(e, std::exp(exponents[i])));
    worst_log = std::max(worst_log, units_apart(l, std::log(numbers[i])));
    auto const pack_e = in_pack([](Pack const& x) { return exponential_function(x); }, exponents, i), pack_l = in_pack([](Pack const& x) { return logarithm(x); }, numbers, i);
    same = same && lane_of(pack_e, 0) == e && lane_of(pack_l, 0) == l;
    same = same && lane_of(pack_e, pack_width - 1) == exponential_function(exponents[(i + pack_width - 1) % exponents.size()]);
  }

  CHECK(worst_exp <= 3);
  CHECK(worst_log <= 3);
  CHECK(same);
}

TEST_CASE("exponentials and logarithms at the ends of their ranges") {
  double const infinity = HUGE_VAL, nothing = std::nan("");

  CHECK(exponential_function(0.0) == 1);
  CHECK(exponential_function(-1e5) == 0);
  CHECK(exponential_function(-infinity) == 0);
  CHECK(exponential_function(infinity) == infinity);
  CHECK(std::isnan(exponential_function(nothing)));
  CHECK(logarithm(1.0) == 0);
  CHECK(logarithm(0.0) == -infinity);
  CHECK(std::isnan(logarithm(-1.0)));
  CHECK(std::isnan(logarithm(nothing)));
}
