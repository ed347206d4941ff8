#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "kernels/dp/episodes.hpp"
#include "kernels/sample/normal.hpp"
#include "src/dist/statistics.hpp"

using namespace bellshard;

namespace {

/// Two numbers of an episode's stream.
struct Pair {
  double uniform, normal;
};

std::vector<Pair> pairs(Block numbers) {
  Array<Pair> outcome("test::outcome", static_cast<std::size_t>(numbers.size()));
  dp::simulate(
      Execution(), "test::simulate", numbers,
      KOKKOS_LAMBDA(std::uint64_t number) {
        sample::Stream draws(7, 1, number);
        double const uniform = draws.uniform();
        return Pair{uniform, draws.normal()};
      },
      outcome);
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), outcome);
  return {host.data(), host.data() + host.size()};
}

}  // namespace

TEST_CASE("quantiles of the standard normal distribution, from the centre to both tails") {
  // From scipy.special.ndtri.
  struct { double u, quantile; } const known[] = {{0x1p-53, -8.209536151601387},      {1e-12, -7.034483825301131},         {0.001, -3.090232306167813},
                                                  {0.02425, -1.972961051311885},      {0.07499, -1.4396021182393162},      {0.075, -1.4395314709384563},
                                                  {0.3, -0.5244005127080409},         {0.5, 0.0},                          {0.8, 0.8416212335729143},
                                                  {0.924, 1.432502720825812},         {0.926, 1.446632067158979},          {0.999999, 4.753424308817087},
                                                  {1 - 0x1p-53, 8.209536151601387}};

  for (auto const& [u, quantile] : known) {
    INFO(u);
    CHECK(std::fabs(sample::normal_quantile(u) - quantile) <= 3e-15 * (1 + std::fabs(quantile)));
  }
}

TEST_CASE("a stream of normal numbers has the moments of the normal distribution") {
  std::size_t const count = 400000;
  sample::Stream draws(1, 2, 3);
  double sum[5] = {};

  for (std::size_t i = 0; i < count; ++i) {
    double const number = draws.normal();
    double power = 1;
    for (int k = 1; k < 5; ++k) sum[k] += power *= number;
  }

  // Within five standard errors: the variances of x, x^2, x^3, x^4 are 1, 2, 15, 96.
  double const expected[5] = {0, 0, 1, 0, 3}, variance[5] = {0, 1, 2, 15, 96};
  for (int k = 1; k < 5; ++k) {
    INFO(k);
    CHECK(std::fabs(sum[k] / count - expected[k]) <= 5 * std::sqrt(variance[k] / count));
  }
}

TEST_CASE("a stream goes on from any of its numbers") {
  sample::Stream whole(5, 6, 7);
  std::vector<double> numbers(9);
  for (auto& number : numbers) number = whole.uniform();

  for (std::uint64_t first = 0; first < 9; ++first) {
    sample::Stream rest(5, 6, 7);
    rest.skip_to(first);
    for (auto i = first; i < 9; ++i) CHECK(rest.uniform() == numbers[i]);
    CHECK(rest.drawn() == 9);
  }
}

TEST_CASE("episodes depend on their global number alone") {
  auto const all = pairs({0, 10});

  auto const some = pairs({4, 9});

  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(some[i].uniform == all[i + 4].uniform);
    CHECK(some[i].normal == all[i + 4].normal);
    CHECK(all[i].normal != all[i + 1].normal);
  }
}

TEST_CASE("mean, deviation and standard error of a sample") {
  auto const found = statistics({1, 2, 4, 9});

  CHECK(found.count == 4);
  CHECK(found.mean == 4);
  CHECK(found.deviation == Approx(std::sqrt(38.0 / 3)).epsilon(1e-15));
  CHECK(found.standard_error() == Approx(std::sqrt(38.0 / 3) / 2).epsilon(1e-15));
  CHECK(statistics({3}).deviation == 0);
}
