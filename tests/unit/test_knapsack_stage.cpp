#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "kernels/dp/knapsack.hpp"

using namespace bellshard;

namespace {

using Way = dp::VisitingOrder::Way;
constexpr auto infinity = std::numeric_limits<double>::infinity();

template <class T>
Array<T> on_device(std::vector<T> const& items) {
  Array<T> array("test::array", items.size());
  auto const host = Kokkos::create_mirror_view(array);
  std::copy(items.begin(), items.end(), host.data());
  Kokkos::deep_copy(array, host);
  return array;
}

template <class T>
std::vector<T> on_host(Array<T> const& array) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
  return {host.data(), host.data() + host.size()};
}

/// A stage with few different losses, so that ties are common, or with many; values may be alike over some neighbours, so that these choose alike.
template <class T>
struct Case {
  std::int64_t margin;
  std::vector<T> before;
  std::vector<std::int64_t> cost;
  std::vector<T> loss;

  Case(std::mt19937_64& draw, std::int64_t cells, std::int64_t candidates, std::int64_t most, int losses, std::int64_t alike = 1) : margin(most) {
    for (std::int64_t c = -most; c < cells; ++c) {
      auto const value = c < 0 && draw() % 2 ? std::numeric_limits<T>::infinity() : static_cast<T>(draw() % losses) / 8;
      before.push_back(before.size() % static_cast<std::size_t>(alike) == 0 ? value : before.back());
    }
    for (std::int64_t k = 0; k < candidates; ++k) {
      cost.push_back(k == 0 ? 0 : static_cast<std::int64_t>(draw() % static_cast<unsigned long>(most + 1)));
      loss.push_back(static_cast<T>(draw() % losses) / 8);
    }
    if (draw() % 2) std::swap(cost.front(), cost.back());
  }
};

template <class T, class Number>
void check(Case<T> const& given, Block cells, dp::VisitingOrder order) {
  auto const before = on_device(given.before);
  auto const size = static_cast<std::int64_t>(given.before.size()) - given.margin;
  auto const after = on_device(std::vector<T>(static_cast<std::size_t>(size), T{-1}));
  auto const choice = on_device(std::vector<Number>(static_cast<std::size_t>(size), Number{77}));
  auto const cost = on_device(given.cost);
  auto const loss = on_device(given.loss);
  dp::KnapsackStage<T, Number> const stage{before.data() + given.margin, after.data(), choice.data(), cost.data(), loss.data(),
                                             static_cast<std::int32_t>(given.cost.size())};

  dp::sweep_stage(Execution(), stage, cells, order);
  Execution().fence();

  std::vector<T> least(static_cast<std::size_t>(size), T{-1});
  std::vector<Number> lowest(static_cast<std::size_t>(size), Number{77});
  for (auto c = cells.begin; c < cells.end; ++c) {
    auto const at = static_cast<std::size_t>(c);
    least[at] = std::numeric_limits<T>::infinity();
    lowest[at] = 0;
    for (std::size_t k = 0; k < given.cost.size(); ++k) {
      auto const value = given.before[static_cast<std::size_t>(given.margin + c - given.cost[k])] + given.loss[k];
      if (value < least[at]) least[at] = value, lowest[at] = static_cast<Number>(k);
    }
  }
  INFO(given.cost.size() << " candidates, cells " << cells.begin << " to " << cells.end << " of " << size << ", way " << static_cast<int>(order.way) << ", stride " << order.stride);
  CHECK(on_host(after) == least);
  CHECK(on_host(choice) == lowest);
}

}  // namespace

TEMPLATE_TEST_CASE("each cell takes the least loss and the lowest candidate that attains it, and no other cell is touched", "", double, float) {
  std::mt19937_64 draw(11);
  for (std::int64_t const cells : {1, 7, 8, 63, 64, 65, 300, 4097, 9001}) {
    for (std::int64_t const candidates : {1, 2, 8, 9, 17, 101, 256}) {
      Case<TestType> const given(draw, cells, candidates, cells / 2 + 3, draw() % 2 ? 9 : 1'000'000, draw() % 2 ? 1 : 150);
      for (std::int64_t const stride : {1, 64, 100, 1001}) check<TestType, std::uint8_t>(given, {cells / 5, cells}, {Way::in_columns, stride});
      for (auto const way : {Way::at_once, Way::in_groups}) check<TestType, std::uint8_t>(given, {0, cells - cells / 7}, {way});
    }
  }
}

TEST_CASE("more candidates than a byte can number") {
  std::mt19937_64 draw(12);
  Case<double> const given(draw, 500, 1000, 2000, 1'000'000);
  for (auto const way : {Way::at_once, Way::in_groups}) check<double, std::uint16_t>(given, {0, 500}, {way});
  check<double, std::uint16_t>(given, {3, 499}, {Way::in_columns, 70});
}

TEST_CASE("no cells, no work; cells that nothing reaches hold infinity and candidate 0") {
  std::mt19937_64 draw(13);
  Case<double> given(draw, 100, 20, 30, 9);
  check<double, std::uint8_t>(given, {50, 50}, {});
  for (auto& value : given.before) value = infinity;
  for (auto const way : {Way::at_once, Way::in_groups}) check<double, std::uint8_t>(given, {0, 100}, {way});
}

TEST_CASE("cells are visited so that values are read from the nearest cache") {
  std::vector<std::int64_t> regular, jittered, ragged, near, nearest;
  std::mt19937_64 draw(14);
  for (std::int64_t k = 0; k <= 100; ++k) {
    regular.push_back(20'000 * k);
    jittered.push_back(20'000 * (k > 50 ? k + 3 : k) + static_cast<std::int64_t>(draw() % 3));
    ragged.push_back(static_cast<std::int64_t>(draw() % 2'000'000));
    near.push_back(400 * k);
    nearest.push_back(40 * k);
  }

  CHECK(dp::visiting_order(regular, 8).way == Way::in_columns);
  CHECK(dp::visiting_order(regular, 8).stride == 20'000);
  CHECK(dp::visiting_order(jittered, 8).way == Way::in_columns);
  CHECK(std::abs(dp::visiting_order(jittered, 8).stride - 20'000) <= 2);
  CHECK(dp::visiting_order(ragged, 8).way == Way::in_groups);
  CHECK(dp::visiting_order(near, 8).way == Way::in_groups);
  CHECK(dp::visiting_order(nearest, 8).way == Way::at_once);
  CHECK(dp::visiting_order(std::vector<std::int64_t>{7'000'000}, 8).way == Way::in_groups);
}
