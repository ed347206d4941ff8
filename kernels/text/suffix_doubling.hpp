#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <string>
#include <utility>

#include "kernels/sort/radix_sort.hpp"
#include "kernels/text/token_keys.hpp"

namespace bellshard::text {

/// Suffixes in the order of (group, key), cut into groups of equal ones. A functor of a scan over the active suffixes, whose
/// groups stand one after the other, as in the suffix array: a suffix that is alone goes to its slot there, the others, with the
/// first slot of their group as their rank, are the next round's.
class SplitGroups {
 public:
  struct value_type {
    std::uint32_t old_head, new_head;  ///< the last one that began a group before, that begins one now
    std::uint32_t active;
  };

  sort::Pairs<std::uint64_t> pairs;
  unsigned rank_bits;  ///< low bits of a key: what the groups are cut by; above them: the first slot of the group
  std::uint32_t size;  ///< active suffixes
  Array<std::uint32_t> rank, suffix;

  KOKKOS_INLINE_FUNCTION void init(value_type& a) const { a = {0, 0, 0}; }
  KOKKOS_INLINE_FUNCTION void join(value_type& a, value_type const& b) const {
    a.old_head = b.old_head > a.old_head ? b.old_head : a.old_head;
    a.new_head = b.new_head > a.new_head ? b.new_head : a.new_head;
    a.active += b.active;
  }
  KOKKOS_INLINE_FUNCTION void join(value_type volatile& a, value_type const volatile& b) const {  // Kokkos before 4
    a.old_head = b.old_head > a.old_head ? b.old_head : a.old_head;
    a.new_head = b.new_head > a.new_head ? b.new_head : a.new_head;
    a.active = a.active + b.active;
  }

  KOKKOS_INLINE_FUNCTION void operator()(std::uint32_t k, value_type& seen, bool final) const {
    bool const heads = k == 0 || pairs.key(k) != pairs.key(k - 1);
    bool const next_heads = k + 1 == size || pairs.key(k + 1) != pairs.key(k);
    if (k > 0 && group(pairs.key(k)) != group(pairs.key(k - 1))) seen.old_head = k;
    if (heads) seen.new_head = k;
    if (final) {
      std::uint32_t const i = pairs.value(k);
      rank(i) = group(pairs.key(k)) + (seen.new_head - seen.old_head);
      if (heads && next_heads) {
        suffix(rank(i)) = i;
      } else {
        pairs.value_space(seen.active) = i;
      }
    }
    seen.active += !(heads && next_heads);
  }

 private:
  KOKKOS_INLINE_FUNCTION std::uint32_t group(std::uint64_t key) const {
    return rank_bits < 64 ? static_cast<std::uint32_t>(key >> rank_bits) : 0;
  }
};

/// The suffix array by prefix doubling (Manber and Myers 1993), with radix sorts of those suffixes alone that are not yet told
/// apart (Larsson and Sadakane 2007). For any back end that has the sort.
template <class Token>
Array<std::uint32_t> suffix_array_by_doubling(Execution const& execution, Array<Token const> const& tokens, Token largest) {
  auto const n = static_cast<std::uint32_t>(tokens.extent(0));
  auto const room = [&](std::string const& label) { return Array<std::uint32_t>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), n); };
  auto const keys = [&](std::string const& label, std::uint32_t size) {
    return Array<std::uint64_t>(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), size);
  };
  sort::RadixSort<std::uint64_t> radix_sort(n);
  sort::Pairs<std::uint64_t> pairs{keys("bellshard::text::key", n), keys("bellshard::text::key_space", n),
                                   room("bellshard::text::value"), room("bellshard::text::value_space")};
  TokenKeys<Token> const token_keys(tokens, largest);
  Kokkos::parallel_for(
      "bellshard::text::first_keys", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::uint32_t>>(execution, 0, n),
      KOKKOS_LAMBDA(std::uint32_t i) {
        pairs.key(i) = token_keys(i);
        pairs.value(i) = i;
      });
  radix_sort(execution, pairs, n, token_keys.bits());
  auto const suffix = room("bellshard::text::suffix"), rank = room("bellshard::text::rank");
  unsigned const rank_bits = bits_of(n);
  std::uint32_t active = n;
  if (n == 0) return suffix;
  for (std::uint64_t known = token_keys.tokens_in_key();; known *= 2) {
    bool const first = known == token_keys.tokens_in_key();
    SplitGroups::value_type total{};
    Kokkos::parallel_scan("bellshard::text::split_groups",
                          Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::uint32_t>>(execution, 0, active),
                          SplitGroups{pairs, first ? 64 : rank_bits, active, rank, suffix}, total);
    execution.fence();
    active = total.active;
    if (active == 0) return suffix;
    std::swap(pairs.value, pairs.value_space);
    Kokkos::parallel_for(
        "bellshard::text::next_keys", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::uint32_t>>(execution, 0, active),
        KOKKOS_LAMBDA(std::uint32_t k) {
          std::uint32_t const i = pairs.value(k);
          std::uint64_t const then = i + known;  // a suffix that ends there comes first
          pairs.key(k) = std::uint64_t{rank(i)} << rank_bits | (then < n ? rank(then) + 1 : 0);
        });
    radix_sort(execution, pairs, active, 2 * rank_bits);
  }
}

}  // namespace bellshard::text
