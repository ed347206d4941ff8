#pragma once
#include <cstdint>

#include "kernels/text/suffix_doubling.hpp"
#include "kernels/text/suffix_groups.hpp"

namespace bellshard::text {

/// Bytes of memory that suffix_array() takes at its peak, the result among them, the tokens not.
inline std::int64_t suffix_array_bytes(std::int64_t tokens) { return 32 * tokens + (std::int64_t{1} << 20) * Execution().concurrency(); }

#ifndef KOKKOS_ENABLE_CUDA
/// The order of suffixes by prefix doubling, as suffix_array_by_doubling(), but with each group sorted by itself.
template <class Token>
Array<std::uint32_t> suffix_array_by_groups(Execution const& execution, Array<Token const> const& tokens, Token largest) {
  auto const n = static_cast<std::uint32_t>(tokens.extent(0));
  sort::Pairs<std::uint64_t> pairs{
      large_pages<std::uint64_t>("bellshard::text::key", n), large_pages<std::uint64_t>("bellshard::text::key_space", n),
      large_pages<std::uint32_t>("bellshard::text::value", n), large_pages<std::uint32_t>("bellshard::text::value_space", n)};
  TokenKeys<Token> const token_keys(tokens, largest);
  Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::uint32_t>> const all(execution, 0, n);
  Kokkos::parallel_for("bellshard::text::first_keys", all, [=](std::uint32_t i) {
    pairs.key(i) = token_keys(i);
    pairs.value(i) = i;
  });
  sort::RadixSort<std::uint64_t> radix_sort(n);
  radix_sort(execution, pairs, n, token_keys.bits());
  Kokkos::parallel_for("bellshard::text::first_heads", all, [=](std::uint32_t k) {
    if (k == 0 || pairs.key(k) != pairs.key(k - 1)) pairs.value(k) |= SuffixGroups::head;
  });
  execution.fence();
  auto const suffix = pairs.value;
  pairs.key = {};  // before groups need memory of their own
  SuffixGroups groups(suffix, pairs.value_space, pairs.key_space);
  groups.begin(execution);
  for (std::uint64_t known = token_keys.tokens_in_key(); !groups.empty(); known *= 2) groups.refine(execution, known);
  return suffix;
}
#endif

/// The start positions of all suffixes of the tokens (fewer than 2^31), in ascending order of suffixes; one that is the beginning
/// of another comes first. No token may be larger than `largest`.
template <class Token>
Array<std::uint32_t> suffix_array(Execution const& execution, Array<Token const> const& tokens, Token largest) {
#ifdef KOKKOS_ENABLE_CUDA
  return suffix_array_by_doubling(execution, tokens, largest);
#else
  if (tokens.extent(0) == 0) return Array<std::uint32_t>("bellshard::text::suffix", 0);
  return suffix_array_by_groups(execution, tokens, largest);
#endif
}

}  // namespace bellshard::text
