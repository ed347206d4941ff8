#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace bellshard::creativity_index {

/// Calls take(begin, length) for the maximal matches of a text: of at least `least` words, and within no other one.
/// longest [word]  words of the longest match that begins there
template <class Take>
void for_each_maximal(std::span<std::int32_t const> longest, std::int64_t least, Take const& take) {
  std::int64_t reach = 0;  // the end of the matches so far; every part of a match is one, so ends never fall
  for (std::int64_t at = 0; at < static_cast<std::int64_t>(longest.size()); ++at) {
    auto const length = longest[static_cast<std::size_t>(at)];
    if (length >= least && at + length > reach) take(at, length);
    if (at + length > reach) reach = at + length;
  }
}

/// Share of the words that lie in a match of at least `least` words (coverage at level L); 0 for a text without words.
double coverage(std::span<std::int32_t const> longest, std::int64_t least);

}  // namespace bellshard::creativity_index
