#pragma once
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "kernels/execution.hpp"

namespace sample_text {

template <class T>
bellshard::Array<T> on_device(std::vector<T> const& items) {
  bellshard::Array<T> array("test::array", items.size());
  auto const host = Kokkos::create_mirror_view(array);
  std::copy(items.begin(), items.end(), host.data());
  Kokkos::deep_copy(array, host);
  return array;
}

template <class View>
std::vector<typename View::non_const_value_type> on_host(View const& array) {
  auto const host = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), array);
  return {host.data(), host.data() + host.extent(0)};
}

/// Random ids 0 ... largest, pieces of earlier text copied behind it again and again.
template <class Token>
std::vector<Token> with_copies(std::size_t size, std::uint64_t largest, std::size_t longest_copy, std::uint32_t seed) {
  std::mt19937_64 draw(seed);
  std::vector<Token> tokens;
  while (tokens.size() < size) {
    if (tokens.empty() || draw() % 2 == 0) {
      for (std::size_t k = 1 + draw() % 20; k > 0; --k) tokens.push_back(static_cast<Token>(draw() % (largest + 1)));
    } else {
      std::size_t const from = draw() % tokens.size();
      for (std::size_t k = 0; k < 1 + draw() % longest_copy; ++k) tokens.push_back(tokens[from + k]);
    }
  }
  tokens.resize(size);
  return tokens;
}

/// The starts of all suffixes, sorted by comparing them token by token.
template <class Token>
std::vector<std::uint32_t> sorted_suffixes(std::vector<Token> const& tokens) {
  std::vector<std::uint32_t> starts(tokens.size());
  std::iota(starts.begin(), starts.end(), 0u);
  std::sort(starts.begin(), starts.end(), [&](auto a, auto b) {
    return std::lexicographical_compare(tokens.begin() + a, tokens.end(), tokens.begin() + b, tokens.end());
  });
  return starts;
}

}  // namespace sample_text
