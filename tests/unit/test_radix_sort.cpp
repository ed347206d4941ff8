#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <random>
#include <vector>

#include "kernels/sort/radix_sort.hpp"

using namespace bellshard;

namespace {

template <class T>
Array<T> on_device(std::vector<T> const& items, std::size_t room) {
  Array<T> array("test::array", room);
  auto const host = Kokkos::create_mirror_view(array);
  std::copy(items.begin(), items.end(), host.data());
  Kokkos::deep_copy(array, host);
  return array;
}

template <class T>
std::vector<T> on_host(Array<T> const& array, std::size_t size) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
  return {host.data(), host.data() + size};
}

template <class Key>
void check(sort::RadixSort<Key>& radix_sort, std::vector<Key> const& keys, unsigned bits) {
  auto const size = keys.size(), room = size + 7;
  std::vector<std::uint32_t> numbers(size);
  std::iota(numbers.begin(), numbers.end(), 1000u);
  sort::Pairs<Key> pairs{on_device(keys, room), Array<Key>("test::key_space", room), on_device(numbers, room),
                         Array<std::uint32_t>("test::value_space", room)};

  radix_sort(Execution(), pairs, size, bits);

  Execution().fence();
  Key const mask = bits < 8 * sizeof(Key) ? static_cast<Key>((Key{1} << bits) - 1) : static_cast<Key>(-1);
  std::stable_sort(numbers.begin(), numbers.end(),
                   [&](auto a, auto b) { return (keys[a - 1000] & mask) < (keys[b - 1000] & mask); });
  std::vector<Key> sorted;
  for (auto const number : numbers) sorted.push_back(keys[number - 1000]);
  INFO(size << " keys of " << 8 * sizeof(Key) << " bits by " << bits);
  CHECK(on_host(pairs.value, size) == numbers);
  CHECK(on_host(pairs.key, size) == sorted);
}

}  // namespace

TEMPLATE_TEST_CASE("pairs are sorted by the low bits of their keys, equal ones in their order", "", std::uint32_t, std::uint64_t) {
  std::mt19937_64 draw(7);
  sort::RadixSort<TestType> radix_sort(40000);
  for (std::size_t const size : {0, 1, 2, 3, 16, 17, 255, 1000, 4099, 40000}) {
    for (unsigned const bits : {1u, 5u, 8u, 13u, 31u, 32u, 47u, 64u}) {
      if (bits > 8 * sizeof(TestType)) continue;
      std::vector<TestType> keys(size);
      for (auto& key : keys) key = static_cast<TestType>(draw());
      check(radix_sort, keys, bits);
    }
  }
}

TEMPLATE_TEST_CASE("digits that are equal or rare", "", std::uint32_t, std::uint64_t) {
  std::mt19937_64 draw(8);
  sort::RadixSort<TestType> radix_sort(5001);
  unsigned const bits = 8 * sizeof(TestType);
  for (unsigned const place : {0u, 8u, 16u, 24u, bits - 8, bits - 1}) {
    std::vector<TestType> one_place(5001), constant(5001, TestType{3} << (bits - 2)), rare(5001, TestType{1} << place);
    for (auto& key : one_place) key = static_cast<TestType>((draw() % 3) << place);
    rare[2500] = 0;
    check(radix_sort, one_place, bits);
    check(radix_sort, constant, bits);
    check(radix_sort, rare, bits);
  }
}
