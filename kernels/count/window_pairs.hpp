#pragma once
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::count {

/// Two words as one key, the first one above the second.
struct PairKey {
  unsigned bits = 0;  ///< of a word, so that all bits set is none

  explicit PairKey(std::int64_t words) {
    while ((words >> bits) != 0) ++bits;
  }
  KOKKOS_FUNCTION std::uint64_t operator()(std::uint32_t first, std::uint32_t second) const { return (std::uint64_t{first} << bits) | second; }
  KOKKOS_FUNCTION std::uint64_t none() const { return (std::uint64_t{1} << (2 * bits)) - 1; }
  std::int64_t first(std::uint64_t key) const { return static_cast<std::int64_t>(key >> bits); }
  std::int64_t second(std::uint64_t key) const { return static_cast<std::int64_t>(key & ((std::uint64_t{1} << bits) - 1)); }
};

/// Pairs of words that stand at most `window` positions apart with no separator between them.
/// tokens [position]         0 is a separator, k + 1 the word k; words from `words` on take their place and make no pair
/// keys   [anchor, window]   the pair of position anchor and the d-th one behind it, the smaller word first; PairKey::none() where there is none
inline void window_pairs(Execution const& execution, Array<std::uint32_t const> const& tokens, std::int64_t anchors, std::int64_t window, std::uint32_t words, PairKey pair,
                         Array<std::uint64_t> const& keys) {
  auto const positions = static_cast<std::int64_t>(tokens.extent(0));
  Kokkos::parallel_for(
      "bellshard::count::window_pairs", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, anchors), KOKKOS_LAMBDA(std::int64_t i) {
        std::uint32_t const a = tokens(i);
        bool same_document = a != 0;
        for (std::int64_t d = 1; d <= window; ++d) {
          std::uint32_t const b = i + d < positions ? tokens(i + d) : 0;
          same_document = same_document && b != 0;
          bool const counts = same_document && a <= words && b <= words;
          keys(i * window + d - 1) = counts ? pair((a < b ? a : b) - 1, (a < b ? b : a) - 1) : pair.none();
        }
      });
}

/// Keys of a sorted array, each once, and where it comes first.
/// distinct, first   as long as the keys; written up to what is returned
inline std::int64_t distinct_keys(Execution const& execution, Array<std::uint64_t const> const& keys, std::int64_t size, Array<std::uint64_t> const& distinct,
                                  Array<std::uint32_t> const& first) {
  std::int64_t total = 0;
  Kokkos::parallel_scan(
      "bellshard::count::distinct_keys", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, size),
      KOKKOS_LAMBDA(std::int64_t i, std::int64_t & at, bool final) {
        if (i > 0 && keys(i) == keys(i - 1)) return;
        if (final) {
          distinct(at) = keys(i);
          first(at) = static_cast<std::uint32_t>(i);
        }
        ++at;
      },
      total);
  return total;
}

}  // namespace bellshard::count
