#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "kernels/dp/enclosed_value.hpp"
#include "kernels/dp/sparse_model.hpp"

using namespace bellshard;

namespace {

struct OnePair {
  double r = 0;
  double discount = 1;
  double reward(std::int64_t) const { return r; }
};

struct Pair {
  std::int64_t index;
  std::uint32_t transitions;
  dp::IndexedColumns::Row column;
  dp::PlainProbabilities::Row probability;
};

/// 113 bits at least, where the machine has them in __float128.
using Wide = __float128;

struct Case {
  std::vector<std::int32_t> place;
  std::vector<double> p, value;
  OnePair model;

  Pair pair() const { return {0, static_cast<std::uint32_t>(p.size()), {place.data()}, {p.data()}}; }
  Wide exact() const {
    Wide sum = 0;
    for (std::size_t k = 0; k < p.size(); ++k) sum += Wide(p[k]) * Wide(value[static_cast<std::size_t>(place[k])]);
    return Wide(model.r) + Wide(model.discount) * sum;
  }
};

/// Transitions to values of wildly different sizes and both signs.
Case random_case(std::size_t length, std::mt19937& random) {
  std::uniform_real_distribution<double> share(0, 1), size(-12, 12);
  Case made;
  for (std::size_t k = 0; k < length; ++k) {
    made.place.push_back(static_cast<std::int32_t>(k));
    made.p.push_back(share(random) / static_cast<double>(length));
    made.value.push_back(std::pow(10, size(random)) * (share(random) < 0.5 ? -1 : 1));
  }
  made.model = {std::pow(10, size(random)), 0.999};
  return made;
}

}  // namespace

TEST_CASE("the enclosed value holds the exact one and is two roundings wide, however many transitions there are") {
  std::mt19937 random(11);
  for (std::size_t length : {0, 1, 2, 7, 8, 9, 100, 3000}) {
    for (int repeat = 0; repeat < 50; ++repeat) {
      auto const made = random_case(length, random);

      auto const found = dp::enclosed_value(dp::SerialSum(), made.model, made.pair(), made.value.data());

      Wide const off = made.exact() - Wide(found.q);
      CHECK(static_cast<double>(off < 0 ? -off : off) <= found.error);
      CHECK(dp::at_least(found) <= static_cast<double>(made.exact()));
      CHECK(dp::at_most(found) >= static_cast<double>(made.exact()));
      double size = std::abs(made.model.r);
      for (std::size_t k = 0; k < length; ++k) size += made.p[k] * std::abs(made.value[k]);
      CHECK(found.error <= 0x1p-51 * std::abs(found.q) + 0x1p-85 * size);
    }
  }
}

TEST_CASE("sums that cancel keep their bound") {
  Case const made{{0, 1, 2}, {0.5, 0.25, 0.25}, {1e16, -1e16, -1e16 + 2}, {0.125, 1}};
  auto const found = dp::enclosed_value(dp::SerialSum(), made.model, made.pair(), made.value.data());
  CHECK(found.q == 0.625);
  CHECK(found.error < 1e-12);  // plain sums are off by 1
}

TEST_CASE("a bound is the value and its shift, whatever sums it") {
  std::mt19937 random(5);
  for (std::size_t length : {1, 5, 8, 19}) {
    auto const made = random_case(length, random);
    std::vector<double> weight(length), shifted(length), plain(length);
    for (std::size_t k = 0; k < length; ++k) {
      weight[k] = static_cast<double>(k) / 3;
      shifted[k] = made.value[k] + 0.75 * weight[k];
      plain[k] = made.value[k] - 2;
    }
    dp::ShiftedValues const weighted{made.value.data(), weight.data(), 0.75}, alike{made.value.data(), nullptr, -2};
    auto const pair = made.pair();
    CHECK(dp::SerialSum()(pair, weighted) == dp::SerialSum()(pair, shifted.data()));
    CHECK(dp::SerialSum()(pair, alike) == dp::SerialSum()(pair, plain.data()));
    CHECK(dp::SerialSum().size(pair, weighted) == dp::SerialSum().size(pair, shifted.data()));
    CHECK(dp::enclosed_value(dp::SerialSum(), made.model, pair, weighted).q == dp::enclosed_value(dp::SerialSum(), made.model, pair, shifted.data()).q);
  }
}

TEST_CASE("infinite values are exact, both at once tell nothing") {
  Case made{{0, 1}, {0.5, 0.5}, {INFINITY, 1}, {1, 1}};
  auto const up = dp::enclosed_value(dp::SerialSum(), made.model, made.pair(), made.value.data());
  CHECK(dp::at_least(up) == INFINITY);
  made.value = {INFINITY, -INFINITY};
  auto const none = dp::enclosed_value(dp::SerialSum(), made.model, made.pair(), made.value.data());
  CHECK(dp::at_least(none) == -INFINITY);
  CHECK(dp::at_most(none) == INFINITY);
}
