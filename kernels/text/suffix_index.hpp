#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::text {

/// A query id that matches nothing: the end of a text, or a word that the index does not know.
inline constexpr std::uint32_t no_word = 0xFFFFFFFF;

/// The id between documents.
inline constexpr std::uint32_t separator = 0;

/// The tokens of a part and their suffixes in ascending order (suffix_array.hpp); those of excluded documents may be left out.
template <class Token>
struct SuffixIndex {
  Array<Token const> tokens;
  Array<std::uint32_t const> suffix;
  Array<std::uint32_t const> first;  ///< [id] where the suffixes that begin with it begin in `suffix`; the last one is where all end

  /// The token at a place: -1 behind the end.
  KOKKOS_INLINE_FUNCTION std::int64_t token(std::uint64_t place) const {
    return place < tokens.extent(0) ? static_cast<std::int64_t>(tokens(place)) : -1;
  }
  /// Is the id one that suffixes may begin with, and not the separator?
  KOKKOS_INLINE_FUNCTION bool knows(std::uint32_t id) const { return id != separator && std::uint64_t{id} + 1 < first.extent(0); }
};

/// The index of sorted suffixes, none of which holds a token larger than `largest`.
template <class Token>
SuffixIndex<Token> suffix_index(Execution const& execution, Array<Token const> const& tokens, Array<std::uint32_t const> const& suffix,
                                Token largest) {
  auto const ids = static_cast<std::uint32_t>(largest) + 1;
  auto const size = static_cast<std::uint32_t>(suffix.extent(0));
  Array<std::uint32_t> const first(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::text::first"), std::size_t{ids} + 1);
  Kokkos::parallel_for(
      "bellshard::text::first_of_words", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, std::int64_t{size} + 1),
      KOKKOS_LAMBDA(std::int64_t k) {
        std::uint32_t const begin = k == 0 ? 0 : static_cast<std::uint32_t>(tokens(suffix(k - 1))) + 1;
        std::uint32_t const end = k == size ? ids + 1 : static_cast<std::uint32_t>(tokens(suffix(k))) + 1;
        for (std::uint32_t id = begin; id < end; ++id) first(id) = static_cast<std::uint32_t>(k);
      });
  return {tokens, suffix, first};
}

}  // namespace bellshard::text
