#include <catch2/catch.hpp>

#include "kernels/dp/sparse_in_place.hpp"
#include "tests/reference/dense_mdp.hpp"

using namespace bellshard;

namespace {

using Model = dp::SparseModel<dp::IndexedColumns, dp::PlainProbabilities>;

/// A device array of a host vector.
template <class T>
Array<T> device(std::vector<T> const& host) {
  Array<T> array("test::array", host.size());
  auto const mirror = Kokkos::create_mirror_view(array);
  std::copy(host.begin(), host.end(), mirror.data());
  Kokkos::deep_copy(array, mirror);
  return array;
}

Model packed(reference::DenseMdp const& dense) {
  std::vector<std::int64_t> pair_begin{0}, transition_begin{0};
  std::vector<std::uint32_t> pair_end;
  std::vector<double> reward, probability;
  std::vector<std::int32_t> column;
  for (auto const& actions : dense.actions) {
    for (auto const& action : actions) {
      for (std::size_t t = 0; t < dense.states(); ++t) {
        if (action.probability[t] == 0) continue;
        column.push_back(static_cast<std::int32_t>(t));
        probability.push_back(action.probability[t]);
      }
      pair_end.push_back(static_cast<std::uint32_t>(static_cast<std::int64_t>(column.size()) - transition_begin.back()));
      reward.push_back(action.reward);
    }
    pair_begin.push_back(static_cast<std::int64_t>(reward.size()));
    transition_begin.push_back(static_cast<std::int64_t>(column.size()));
  }
  return {static_cast<std::int64_t>(dense.states()), 0, dense.maximise ? dp::Objective::max : dp::Objective::min, dense.discount,
          device(pair_begin), device(transition_begin), device(pair_end), device(reward), {device(column)}, {device(probability)}};
}

std::vector<double> host(Array<double> const& array) {
  auto const mirror = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
  return std::vector<double>(mirror.data(), mirror.data() + mirror.extent(0));
}

}  // namespace

TEST_CASE("blocks of an ordered sweep read of each other what was before the sweep") {
  auto const dense = reference::random_mdp({.states = 300, .reach = 20}, 21, 0.95, true);
  auto const model = packed(dense);
  std::vector<double> start(300);
  for (std::size_t s = 0; s < 300; ++s) start[s] = static_cast<double>(s * 17 % 59);
  bool const ascending = GENERATE(true, false);
  auto const direction = ascending ? dp::SweepDirection::ascending : dp::SweepDirection::descending;

  for (std::int64_t const blocks : {1, 2, 3, 7}) {
    auto const values = device(start);
    Array<double> const before("test::before", 300);

    auto const range = dp::sweep_blocks_in_order(Execution(), model, {}, blocks, direction, 1.1, values, before);

    double lowest = 0, highest = 0;
    for (std::int64_t block = 0; block < blocks; ++block) {
      auto const begin = static_cast<std::size_t>(300 * block / blocks), end = static_cast<std::size_t>(300 * (block + 1) / blocks);
      auto const expected = dense.in_place(start, begin, end, ascending, 1.1);
      for (auto s = begin; s < end; ++s) {
        CHECK(host(values)[s] == Approx(expected[s]).epsilon(1e-13));
        lowest = std::min(lowest, expected[s] - start[s]);
        highest = std::max(highest, expected[s] - start[s]);
      }
    }
    CHECK(range.min_val == Approx(lowest));
    CHECK(range.max_val == Approx(highest));
  }
}

TEST_CASE("blocks of a listed sweep visit their states as the list says") {
  auto const dense = reference::random_mdp({.states = 300, .reach = 20}, 23, 0.95, true);
  auto const model = packed(dense);
  std::vector<double> start(300);
  for (std::size_t s = 0; s < 300; ++s) start[s] = static_cast<double>(s * 17 % 59);
  bool const ascending = GENERATE(true, false);
  auto const direction = ascending ? dp::SweepDirection::ascending : dp::SweepDirection::descending;

  for (std::int64_t const blocks : {1, 2, 3}) {
    std::vector<std::int32_t> list;
    for (std::int64_t block = 0; block < blocks; ++block) {
      auto const begin = 300 * block / blocks, size = 300 / blocks;
      for (std::int64_t k = 0; k < size; ++k) list.push_back(static_cast<std::int32_t>(begin + k * 37 % size));
    }
    auto const values = device(start);
    Array<double> const before("test::before", 300);

    dp::sweep_blocks_in_order(Execution(), model, device(list), blocks, direction, 1.0, values, before);

    for (std::int64_t block = 0; block < blocks; ++block) {
      std::vector<std::int32_t> own(list.begin() + 300 * block / blocks, list.begin() + 300 * (block + 1) / blocks);
      if (!ascending) std::reverse(own.begin(), own.end());
      auto expected = start;
      for (auto const s : own) expected[static_cast<std::size_t>(s)] = static_cast<double>(dense.settled(static_cast<std::size_t>(s), expected));
      for (auto const s : own) CHECK(host(values)[static_cast<std::size_t>(s)] == Approx(expected[static_cast<std::size_t>(s)]).epsilon(1e-13));
    }
  }
}

TEST_CASE("a device's blocks one after the other, each at once") {
  auto const dense = reference::random_mdp({.states = 300, .reach = 90}, 22, 0.95, false);
  auto const model = packed(dense);
  std::vector<double> start(300);
  for (std::size_t s = 0; s < 300; ++s) start[s] = static_cast<double>(s * 17 % 59);
  std::vector<std::int32_t> const numbers{0, 1, 2, 3, 4};
  dp::ChunkList const all{device(numbers), 300, GENERATE(false, true)};
  auto const values = device(start);

  dp::sweep_blocks_at_once(Execution(), model, all, 3, dp::SweepDirection::descending, 1.0, values, Array<double>("test::scratch", 300));

  auto expected = start;  // blocks of chunks 3 4, then 1 2, then 0
  for (auto const& [begin, end] : {std::pair<std::size_t, std::size_t>{192, 300}, {64, 192}, {0, 64}}) {
    auto const before = expected;
    for (auto s = begin; s < end; ++s) expected[s] = static_cast<double>(dense.settled(s, before));
  }
  for (std::size_t s = 0; s < 300; ++s) CHECK(host(values)[s] == Approx(expected[s]).epsilon(1e-13));
}
