#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/text/suffix_index.hpp"

namespace bellshard::text {

/// Words of the text: [begin, begin + length).
struct Span {
  std::uint32_t begin;
  std::uint32_t length;
};

/// Suffixes of an index: [low, high) of its `suffix`.
struct SuffixRange {
  std::uint32_t low;
  std::uint32_t high;
};

/// The first suffix of [low, high) whose beginning does not lie before the span (`behind` 0), or lies behind it (`behind` 1).
template <class Token>
KOKKOS_INLINE_FUNCTION std::uint32_t span_border(SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text, Span span,
                                                 std::uint32_t low, std::uint32_t high, int behind) {
  std::uint32_t low_shared = 1, high_shared = 1;  // all begin with the first word
  while (low < high) {
    std::uint32_t const middle = low + (high - low) / 2;
    std::uint64_t const place = index.suffix(middle);
    std::uint32_t shared = low_shared < high_shared ? low_shared : high_shared;
    std::int64_t sense = -behind;  // of token - word, where they differ first
    for (; shared < span.length; ++shared) {
      std::int64_t const difference = index.token(place + shared) - std::int64_t{text(span.begin + shared)};
      if (difference != 0) {
        sense = difference;
        break;
      }
    }
    if (sense < 0) {
      low = middle + 1;
      low_shared = shared;
    } else {
      high = middle;
      high_shared = shared;
    }
  }
  return low;
}

/// ranges [s]  the suffixes that begin with span s of the text: empty where it occurs nowhere, all for a span of no words
template <class Token>
void match_ranges(Execution const& execution, SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text,
                  Array<Span const> const& spans, Array<SuffixRange> const& ranges) {
  Kokkos::parallel_for(
      "bellshard::text::match_ranges",
      Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(spans.extent(0))),
      KOKKOS_LAMBDA(std::int64_t s) {
        Span const span = spans(s);
        ranges(s) = {0, 0};
        if (span.length == 0) {
          ranges(s).high = static_cast<std::uint32_t>(index.suffix.extent(0));
        } else if (std::uint32_t const word = text(span.begin); index.knows(word)) {
          std::uint32_t const low = span_border(index, text, span, index.first(word), index.first(word + 1), 0);
          ranges(s) = {low, span_border(index, text, span, low, index.first(word + 1), 1)};
        }
      });
}

/// Marks an empty range in first_occurrence().
inline constexpr std::uint32_t no_position = 0xFFFFFFFF;

/// position [r]  the least start of a suffix of range r; no_position where it is empty
template <class Token>
void first_occurrence(Execution const& execution, SuffixIndex<Token> const& index, Array<SuffixRange const> const& ranges,
                      Array<std::uint32_t> const& position) {
  auto const count = static_cast<std::int64_t>(ranges.extent(0));
  using Policy = Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>;
  // The ranges one behind the other make an axis, which is cut into pieces of equal length.
  Array<std::int64_t> const end(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::text::range_end"), ranges.extent(0));
  std::int64_t total = 0;
  Kokkos::parallel_scan(
      "bellshard::text::range_ends", Policy(execution, 0, count),
      KOKKOS_LAMBDA(std::int64_t r, std::int64_t& sum, bool final) {
        sum += ranges(r).high - ranges(r).low;
        if (final) {
          end(r) = sum;
          position(r) = no_position;
        }
      },
      total);
  execution.fence();
  std::int64_t const piece = runs_on_host ? 4096 : 64;
  Kokkos::parallel_for(
      "bellshard::text::first_occurrence", Policy(execution, 0, (total + piece - 1) / piece), KOKKOS_LAMBDA(std::int64_t p) {
        std::int64_t const stop = (p + 1) * piece < total ? (p + 1) * piece : total;
        std::int64_t low = 0, high = count - 1;  // the first range that ends behind the begin of the piece
        while (low < high) {
          std::int64_t const middle = (low + high) / 2;
          if (end(middle) > p * piece) {
            high = middle;
          } else {
            low = middle + 1;
          }
        }
        std::int64_t k = p * piece;
        for (std::int64_t r = low; k < stop; ++r) {
          std::int64_t const to = end(r) < stop ? end(r) : stop;
          std::int64_t const offset = ranges(r).high - end(r);
          std::uint32_t least = no_position;
          for (; k < to; ++k) least = index.suffix(offset + k) < least ? index.suffix(offset + k) : least;
          if (least != no_position) Kokkos::atomic_fetch_min(&position(r), least);
        }
      });
}

}  // namespace bellshard::text
