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
  KOKKOS_INLINE_FUNCTION TailSearch() {}
  KOKKOS_INLINE_FUNCTION TailSearch(SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text, std::uint64_t position)
      : tail_(position) {
    std::uint32_t const word = text(position);
    if (!index.knows(word)) return;
    low_ = index.first(word);
    high_ = index.first(word + 1);
    low_shared_ = high_shared_ = high_ > low_;
  }

  KOKKOS_INLINE_FUNCTION bool done() const { return low_ == high_; }

  /// The suffix to compare next, by its number.
  KOKKOS_INLINE_FUNCTION std::uint32_t middle() const { return low_ + (high_ - low_) / 2; }

  /// Words from the start of that suffix on that need no comparison.
  KOKKOS_INLINE_FUNCTION std::uint32_t shared() const { return low_shared_ < high_shared_ ? low_shared_ : high_shared_; }

  /// Halves what is left by the suffix in the middle, which starts at `place`.
  KOKKOS_INLINE_FUNCTION void step(SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text, std::uint64_t place) {
    std::uint32_t equal = shared();
    std::int64_t word, token;
    for (;; ++equal) {
      word = tail_ + equal < text.extent(0) ? text(tail_ + equal) : no_word;
      token = index.token(place + equal);
      if (word != token) break;
    }
    if (token < word) {
      low_ = middle() + 1;
      low_shared_ = equal;
    } else {
      high_ = middle();
      high_shared_ = equal;
    }
  }

  /// Words that the tail shares with the one of all suffixes that shares the most: when done.
  KOKKOS_INLINE_FUNCTION std::int32_t longest() const {
    return static_cast<std::int32_t>(low_shared_ > high_shared_ ? low_shared_ : high_shared_);
  }

 private:
  std::uint64_t tail_ = 0;
  std::uint32_t low_ = 0, high_ = 0;
  std::uint32_t low_shared_ = 0, high_shared_ = 0;
};

/// The searches of positions [begin, end) of `lengths` by one host thread, many at a time: while one waits for memory, others go on.
template <class Token>
void match_in_step(SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text, std::int64_t first_position,
                   Array<std::int32_t> const& lengths, std::int64_t begin, std::int64_t end) {
  constexpr int most = 32;
  TailSearch<Token> search[most];
  std::int64_t position[most];
  std::uint64_t place[most];
  // The next search that is not done at once, in seat s: false where none is left.
  auto const seat = [&](int s) {
    for (; begin < end; ++begin) {
      search[s] = TailSearch<Token>(index, text, static_cast<std::uint64_t>(first_position + begin));
      position[s] = begin;
      if (!search[s].done()) {
        ++begin;
        __builtin_prefetch(index.suffix.data() + search[s].middle());
        return true;
      }
      lengths(position[s]) = search[s].longest();
    }
    return false;
  };
  int seated = 0;
  while (seated < most && seat(seated)) ++seated;
  while (seated > 0) {
    for (int s = 0; s < seated; ++s) {
      place[s] = index.suffix(search[s].middle());
      __builtin_prefetch(index.tokens.data() + place[s] + search[s].shared());
    }
    for (int s = 0; s < seated; ++s) {
      search[s].step(index, text, place[s]);
      if (!search[s].done()) {
        __builtin_prefetch(index.suffix.data() + search[s].middle());
        continue;
      }
      lengths(position[s]) = search[s].longest();
      if (seat(s)) continue;
      --seated;  // the last one moves here
      search[s] = search[seated], position[s] = position[seated], place[s] = place[seated];
      --s;
    }
  }
}

/// lengths [p]  the most words that the text from `first_position` + p on shares with any suffix of the index, never across a
///              separator. The text: ids of words from 1 on, no_word behind each text and for unknown words.
template <class Token>
void longest_match(Execution const& execution, SuffixIndex<Token> const& index, Array<std::uint32_t const> const& text,
                   std::int64_t first_position, Array<std::int32_t> const& lengths) {
  auto const size = static_cast<std::int64_t>(lengths.extent(0));
  using Policy = Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>, Kokkos::Schedule<Kokkos::Dynamic>>;
  if constexpr (runs_on_host) {
    constexpr std::int64_t piece = 1024;
    Kokkos::parallel_for("bellshard::text::longest_match", Policy(execution, 0, (size + piece - 1) / piece), [=](std::int64_t p) {
      match_in_step(index, text, first_position, lengths, p * piece, (p + 1) * piece < size ? (p + 1) * piece : size);
    });
  } else {
    Kokkos::parallel_for(
        "bellshard::text::longest_match", Policy(execution, 0, size), KOKKOS_LAMBDA(std::int64_t p) {
          TailSearch<Token> search(index, text, static_cast<std::uint64_t>(first_position + p));
          while (!search.done()) search.step(index, text, index.suffix(search.middle()));
          lengths(p) = search.longest();
        });
  }
}

}  // namespace bellshard::text
