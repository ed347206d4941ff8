#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "kernels/sample/metropolis.hpp"

using namespace bellshard;

namespace {

/// A normal density of two numbers: means 1 and -2, deviations 0.1 and 3, correlation 0.9.
struct Normal {
  static constexpr int parameters = 2;
  KOKKOS_FUNCTION Pack operator()(std::int64_t, Pack const (&x)[2]) const {
    Pack const a = (x[0] - 1.0) / 0.1, b = (x[1] + 2.0) / 3.0;
    return (a * a - 1.8 * a * b + b * b) * (-0.5 / 0.19);
  }
};

struct Run {
  std::vector<double> kept;      // [chain, draw, 3]
  std::vector<double> accepted;  // [chain]
};

/// Chains first .. first + chains - 1, their steps in pieces.
Run run(sample::ChainPlan const& plan, std::int64_t first, std::int64_t chains, std::vector<std::int64_t> const& ends, double proposal) {
  sample::ChainSlots const slots{2};
  auto const packs = static_cast<std::size_t>(packs_of(chains)), numbers = static_cast<std::size_t>(plan.kept(ends.back()) * 3);
  PackedTable const state("test::state", packs, static_cast<std::size_t>(slots.size())), kept("test::kept", packs, numbers);
  auto const host = Kokkos::create_mirror_view(state);
  for (std::size_t p = 0; p < packs; ++p) {
    for (int lane = 0; lane < pack_width; ++lane) host(p, static_cast<std::size_t>(slots.factor(0, 0)), static_cast<std::size_t>(lane)) = host(p, static_cast<std::size_t>(slots.factor(1, 1)), static_cast<std::size_t>(lane)) = proposal;
  }
  Kokkos::deep_copy(state, host);
  sample::start_chains(Execution(), Normal{}, state);
  std::int64_t begin = 0;
  for (auto const end : ends) {
    sample::metropolis(Execution(), Normal{}, plan, first, {begin, end}, state, kept);
    begin = end;
  }
  auto const last = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), state), draws = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), kept);
  Run found;
  for (std::size_t c = 0; c < static_cast<std::size_t>(chains); ++c) {
    for (std::size_t k = 0; k < numbers; ++k) found.kept.push_back(draws(c / pack_width, k, c % pack_width));
    found.accepted.push_back(last(c / pack_width, static_cast<std::size_t>(slots.accepted()), c % pack_width));
  }
  return found;
}

}  // namespace

TEST_CASE("chains that learn their proposals have the moments of the density") {
  sample::ChainPlan const plan{3, 4, sample::Proposal::learned, 4000, 20};

  auto const found = run(plan, 0, 24, {24000}, 1.0);

  double mean[2] = {}, square[3] = {};
  auto const draws = found.kept.size() / 3;
  for (std::size_t d = 0; d < draws; ++d) {
    double const a = (found.kept[3 * d] - 1) / 0.1, b = (found.kept[3 * d + 1] + 2) / 3;
    mean[0] += a / static_cast<double>(draws);
    mean[1] += b / static_cast<double>(draws);
    square[0] += a * a / static_cast<double>(draws);
    square[1] += b * b / static_cast<double>(draws);
    square[2] += a * b / static_cast<double>(draws);
  }
  // 24,000 draws, 20 steps apart: nearly independent. Five standard errors of a mean are 0.03, of a square 0.05.
  for (double const m : mean) CHECK(std::fabs(m) < 0.04);
  CHECK(std::fabs(square[0] - 1) < 0.07);
  CHECK(std::fabs(square[1] - 1) < 0.07);
  CHECK(std::fabs(square[2] - 0.9) < 0.07);
  for (double const accepted : found.accepted) CHECK((accepted > 0.15 * 20000 && accepted < 0.5 * 20000));
}

TEST_CASE("a chain's numbers depend neither on its neighbours nor on where its steps are cut") {
  for (auto const proposal : {sample::Proposal::fixed, sample::Proposal::learned}) {
    sample::ChainPlan const plan{1, 2, proposal, 300, 7};

    auto const whole = run(plan, 0, 11, {1000}, 0.3);
    auto const part = run(plan, 4, 5, {1, 299, 300, 617, 1000}, 0.3);

    auto const numbers = whole.kept.size() / 11;
    CHECK(std::vector<double>(whole.kept.begin() + static_cast<std::ptrdiff_t>(4 * numbers), whole.kept.begin() + static_cast<std::ptrdiff_t>(9 * numbers)) == part.kept);
    CHECK(std::vector<double>(whole.accepted.begin() + 4, whole.accepted.begin() + 9) == part.accepted);
  }
}
