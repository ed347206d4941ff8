#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <vector>

#include "kernels/count/window_pairs.hpp"

using namespace bellshard;

namespace {

template <class T>
Array<T> on_device(std::vector<T> const& items) {
  Array<T> const array("test::array", items.size());
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

}  // namespace

TEST_CASE("pairs of words in a window, within documents") {
  std::mt19937 draw(5);
  std::vector<std::uint32_t> tokens(3000);
  for (auto& token : tokens) token = draw() % 12;  // 0: a separator; 10 and 11 are not among the words
  std::int64_t const window = 4, anchors = 2900;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> expected;
  for (std::size_t i = 0; i < anchors; ++i) {
    for (std::size_t j = i + 1; j <= i + window && j < tokens.size(); ++j) {
      if (std::find(tokens.begin() + static_cast<std::ptrdiff_t>(i), tokens.begin() + static_cast<std::ptrdiff_t>(j) + 1, 0u) != tokens.begin() + static_cast<std::ptrdiff_t>(j) + 1) break;
      if (tokens[i] < 10 && tokens[j] < 10) ++expected[std::minmax({tokens[i] - 1, tokens[j] - 1})];
    }
  }
  count::PairKey const pair(9);
  Array<std::uint64_t> const keys("test::keys", anchors * window);

  count::window_pairs(Execution(), on_device(tokens), anchors, window, 9, pair, keys);

  Execution().fence();
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::int64_t> found;
  for (auto const key : on_host(keys)) {
    if (key != pair.none()) ++found[{static_cast<std::uint32_t>(pair.first(key)), static_cast<std::uint32_t>(pair.second(key))}];
  }
  CHECK(found == expected);
}

TEST_CASE("no key is none") {
  for (std::uint32_t const words : {1u, 2u, 3u, 4u, 255u, 256u, 4000000u}) {
    count::PairKey const pair(words);
    CHECK(pair(words - 1, words - 1) < pair.none());
    CHECK(pair.first(pair(words - 1, words / 2)) == words - 1);
    CHECK(pair.second(pair(words - 1, words / 2)) == words / 2);
  }
}

TEST_CASE("distinct keys and where they begin") {
  std::vector<std::uint64_t> const keys{3, 3, 3, 7, 9, 9, 12, 99, 99};
  Array<std::uint64_t> const distinct("test::distinct", keys.size());
  Array<std::uint32_t> const first("test::first", keys.size());

  auto const total = count::distinct_keys(Execution(), on_device(keys), 7, distinct, first);

  REQUIRE(total == 4);
  auto const which = on_host(distinct);
  auto const where = on_host(first);
  CHECK(std::vector(which.begin(), which.begin() + 4) == std::vector<std::uint64_t>{3, 7, 9, 12});
  CHECK(std::vector(where.begin(), where.begin() + 4) == std::vector<std::uint32_t>{0, 3, 4, 6});
}
