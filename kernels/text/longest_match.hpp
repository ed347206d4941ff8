#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/text/suffix_index.hpp"

namespace bellshard::text {

/// One binary search of a tail of the text among the suffixes that begin with its first word (Manber and Myers 1993). Of the
/// suffixes next to what is left, it knows how many words they share with the tail: no less do all in between.
template <class Token>
class TailSearch {
 public:
  KOKKOS_INLINE_FUNCTION TailSearch(SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text, std::uint64_t position)
      : tail_(position), low_(0), high_(0) {
    std::uint32_t const word = text(position);
    if (!index.knows(word)) return;
    low_ = index.first(word);
    high_ = index.first(word + 1);
    low_shared_ = high_shared_ = high_ > low_;
  }

  KOKKOS_INLINE_FUNCTION bool done() const { return low_ == high_; }

  /// Halves what is left.
  KOKKOS_INLINE_FUNCTION void step(SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text) {
    std::uint32_t const middle = low_ + (high_ - low_) / 2;
    std::uint64_t const place = index.suffix(middle);
    std::uint32_t shared = low_shared_ < high_shared_ ? low_shared_ : high_shared_;
    std::int64_t word, token;
    do {
      word = tail_ + shared < text.extent(0) ? text(tail_ + shared) : no_word;
      token = index.token(place + shared);
      shared += word == token;
    } while (word == token);
    if (token < word) {
      low_ = middle + 1;
      low_shared_ = shared;
    } else {
      high_ = middle;
      high_shared_ = shared;
    }
  }

  /// Words that the tail shares with the one of all suffixes that shares the most: when done.
  KOKKOS_INLINE_FUNCTION std::int32_t longest() const {
    return static_cast<std::int32_t>(low_shared_ > high_shared_ ? low_shared_ : high_shared_);
  }

 private:
  std::uint64_t tail_;
  std::uint32_t low_, high_;
  std::uint32_t low_shared_ = 0, high_shared_ = 0;
};

/// lengths [p]  the most words that the text from `first_position` + p on shares with any suffix of the index, never across a
///              separator. The text: ids of words from 1 on, no_word behind each text and for unknown words.
template <class Token>
void longest_match(Execution const& execution, SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text,
                   std::int64_t first_position, Array<std::int32_t> const& lengths) {
  Kokkos::parallel_for(
      "bellshard::text::longest_match",
      Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(execution, 0, static_cast<std::int64_t>(lengths.extent(0))),
      KOKKOS_LAMBDA(std::int64_t p) {
        TailSearch<Token> search(index, text, static_cast<std::uint64_t>(first_position + p));
        while (!search.done()) search.step(index, text);
        lengths(p) = search.longest();
      });
}

}  // namespace bellshard::text
