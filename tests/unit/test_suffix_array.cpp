#include <divsufsort.h>

#include <catch2/catch.hpp>

#include "kernels/text/suffix_array.hpp"
#include "tests/unit/sample_text.hpp"

using namespace bellshard;
using sample_text::on_device;
using sample_text::on_host;

namespace {

template <class Token>
std::vector<std::uint32_t> by_suffix_array(std::vector<Token> const& tokens, Token largest) {
  Array<Token const> const on = on_device(tokens);
  return on_host(text::suffix_array(Execution(), on, largest));
}

template <class Token>
std::vector<std::uint32_t> by_doubling(std::vector<Token> const& tokens, Token largest) {
  Array<Token const> const on = on_device(tokens);
  return on_host(text::suffix_array_by_doubling(Execution(), on, largest));
}

std::vector<std::uint32_t> by_divsufsort(std::vector<std::uint8_t> const& bytes) {
  std::vector<saidx_t> starts(bytes.size());
  REQUIRE(divsufsort(bytes.data(), starts.data(), static_cast<saidx_t>(bytes.size())) == 0);
  return {starts.begin(), starts.end()};
}

/// Bytes that Kokkos holds now, and held at most.
std::int64_t held, most_held;
void allocated(Kokkos_Profiling_SpaceHandle, char const*, void const*, std::uint64_t bytes) {
  held += static_cast<std::int64_t>(bytes);
  most_held = std::max(held, most_held);
}
void freed(Kokkos_Profiling_SpaceHandle, char const*, void const*, std::uint64_t bytes) { held -= static_cast<std::int64_t>(bytes); }

template <class Token>
void check_memory(std::vector<Token> const& tokens, Token largest) {
  Array<Token const> const on = on_device(tokens);
  held = most_held = 0;
  Kokkos::Tools::Experimental::set_allocate_data_callback(allocated);
  Kokkos::Tools::Experimental::set_deallocate_data_callback(freed);
  auto const suffix = text::suffix_array(Execution(), on, largest);
  Kokkos::Tools::Experimental::set_allocate_data_callback(nullptr);
  Kokkos::Tools::Experimental::set_deallocate_data_callback(nullptr);
  auto const told = text::suffix_array_bytes(static_cast<std::int64_t>(tokens.size()));
  CHECK(most_held <= told);
  CHECK(most_held > told / 3);
}

template <class Token>
void check(std::vector<Token> const& tokens, Token largest) {
  INFO(tokens.size() << " tokens up to " << +largest);
  auto const expected = sample_text::sorted_suffixes(tokens);
  CHECK(by_suffix_array(tokens, largest) == expected);
  CHECK(by_doubling(tokens, largest) == expected);
}

}  // namespace

TEMPLATE_TEST_CASE("suffixes of short texts of all shapes", "", std::uint16_t, std::uint32_t) {
  using Token = TestType;
  auto const most = static_cast<Token>(-1);
  check<Token>({}, 5);
  check<Token>({0}, 0);
  check<Token>({7}, most);
  check<Token>({0, 0}, 0);
  check<Token>({2, 1}, 2);
  check<Token>({1, 2}, most);
  check<Token>({most, most, 0, most, most}, most);
  for (std::size_t const size : {3, 64, 65, 777, 2001}) {
    check(std::vector<Token>(size, 0), Token{0});
    check(std::vector<Token>(size, 9), Token{9});
    std::vector<Token> up(size), periodic(size);
    for (std::size_t i = 0; i < size; ++i) up[i] = static_cast<Token>(i), periodic[i] = static_cast<Token>(i % 3 == 0 ? 0 : 40000 + i % 3);
    check(up, static_cast<Token>(size));
    std::reverse(up.begin(), up.end());
    check(up, static_cast<Token>(size));
    check(periodic, Token{40002});
  }
}

TEMPLATE_TEST_CASE("suffixes of random texts with copies", "", std::uint16_t, std::uint32_t) {
  std::uint32_t seed = 0;
  for (std::uint64_t const largest : {1, 2, 6, 30, 1000, 65534, 65535}) {
    for (std::size_t const size : {10, 33, 500, 5003}) {
      for (std::size_t const longest_copy : {2, 50, 3000}) {
        check(sample_text::with_copies<TestType>(size, largest, longest_copy, ++seed), static_cast<TestType>(largest));
      }
    }
  }
}

TEST_CASE("documents repeated whole, longer than any key") {
  auto const document = sample_text::with_copies<std::uint16_t>(700, 20, 5, 3);
  std::vector<std::uint16_t> tokens;
  for (int k = 0; k < 9; ++k) {
    tokens.insert(tokens.end(), document.begin(), document.end() - k % 2);
    tokens.push_back(0);
  }

  check<std::uint16_t>(tokens, 20);
}

TEST_CASE("suffixes of bytes as libdivsufsort sorts them") {
  std::uint32_t seed = 100;
  for (std::uint64_t const largest : {1, 3, 25, 255}) {
    for (std::size_t const longest_copy : {3, 300, 60000}) {
      auto const bytes = sample_text::with_copies<std::uint8_t>(200'003, largest, longest_copy, ++seed);
      auto const expected = by_divsufsort(bytes);
      INFO("bytes up to " << largest << ", copies up to " << longest_copy);
      CHECK(by_suffix_array(std::vector<std::uint16_t>(bytes.begin(), bytes.end()), static_cast<std::uint16_t>(largest)) == expected);
      CHECK(by_doubling(std::vector<std::uint32_t>(bytes.begin(), bytes.end()), static_cast<std::uint32_t>(largest)) == expected);
    }
  }
}

TEST_CASE("equal tokens in great number") {
  std::size_t const size = 1'000'001;
  std::vector<std::uint16_t> tokens(size, 3);
  std::vector<std::uint32_t> expected(size);
  for (std::size_t k = 0; k < size; ++k) expected[k] = static_cast<std::uint32_t>(size - 1 - k);

  CHECK(by_suffix_array<std::uint16_t>(tokens, 3) == expected);
  CHECK(by_doubling<std::uint16_t>(tokens, 3) == expected);
}

TEST_CASE("the memory that is taken is the memory that is told") {
  std::vector<std::uint16_t> const equal(3'000'000, 1);
  check_memory<std::uint16_t>(equal, 1);
  check_memory<std::uint16_t>(equal, 65535);
  check_memory<std::uint16_t>(sample_text::with_copies<std::uint16_t>(3'000'000, 3, 10'000, 9), 3);
  check_memory<std::uint16_t>(sample_text::with_copies<std::uint16_t>(3'000'000, 60000, 100, 9), 60000);
}

TEST_CASE("groups of all sizes") {
  // Words of the second place, in no order, behind 1, behind 2, ... as often as 3, 30, 300, ... times.
  std::mt19937_64 draw(4);
  std::vector<std::uint16_t> tokens;
  for (std::size_t size = 3; size <= 300'000; size *= 10) {
    for (std::size_t k = 0; k < size; ++k) {
      for (auto const id : {1, 2, 3, 4}) tokens.push_back(static_cast<std::uint16_t>(id + 10 * std::to_string(size).size()));
      tokens.push_back(static_cast<std::uint16_t>(100 + draw() % 20'000));
    }
  }

  CHECK(by_suffix_array<std::uint16_t>(tokens, 60000) == by_doubling<std::uint16_t>(tokens, 60000));
  CHECK(by_suffix_array<std::uint16_t>(tokens, 65535) == sample_text::sorted_suffixes(tokens));
}
