#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "kernels/vectors.hpp"

using namespace bellshard;

namespace {

template <class T>
T expected(T a, T b, T c) {
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA) || defined(BELLSHARD_DEVICE_BUILD)
  return std::fma(a, b, c);
#else
  return a * b + c;
#endif
}

}  // namespace

TEST_CASE("a product and a sum in one rounding, of numbers") {
  double const near_one = 1 + std::ldexp(1.0, -30);
  CHECK(fused(near_one, near_one, -1.0) == expected(near_one, near_one, -1.0));
  CHECK(fused(3.0, 4.0, 5.0) == 17);
}

#if defined(BELLSHARD_VECTORS)
TEMPLATE_TEST_CASE("a product and a sum in one rounding, of vectors of any width", "", (Vector<double, 2>), (Vector<double, 4>), (Vector<double, 8>), (Vector<float, 4>), (Vector<float, 8>),
                   (Vector<float, 16>)) {
  using T = LaneOf<TestType>;
  constexpr int lanes = lanes_of<TestType>;
  STATIC_REQUIRE(sizeof(TestType) == lanes * sizeof(T));
  TestType a, b, c;
  for (int l = 0; l < lanes; ++l) {
    a[l] = 1 + std::ldexp(static_cast<T>(l + 1), 2 - std::numeric_limits<T>::digits / 2);
    b[l] = 1 - std::ldexp(static_cast<T>(l + 3), 2 - std::numeric_limits<T>::digits / 2);
    c[l] = l % 2 == 0 ? -1 : static_cast<T>(l);
  }
  auto const found = fused(a, b, c);
  auto const zeros = all_lanes<TestType>(static_cast<T>(-0.0));
  for (int l = 0; l < lanes; ++l) {
    CHECK(found[l] == expected<T>(a[l], b[l], c[l]));
    CHECK((zeros[l] == 0 && std::signbit(zeros[l])));
  }
}

TEST_CASE("vectors come from numbers of any type and address, and go to them") {
  std::array<float, 9> from;
  std::iota(from.begin(), from.end(), 0.5f);
  auto const vector = load_vector<Vector<double, 8>>(from.data() + 1);
  std::array<float, 10> to{};
  store_vector(to.data() + 1, vector);
  std::array<std::uint16_t, 9> cut{};
  store_vector(cut.data() + 1, vector);
  for (int l = 0; l < 8; ++l) {
    CHECK(vector[l] == 1.5 + l);
    CHECK(to[static_cast<std::size_t>(l + 1)] == 1.5f + static_cast<float>(l));
    CHECK(cut[static_cast<std::size_t>(l + 1)] == 1 + l);
  }
  CHECK((to.front() == 0 && to.back() == 0 && cut.front() == 0));  // nothing beside them
}
#endif
