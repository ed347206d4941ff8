#include "src/config/nearest.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace bellshard {
namespace {

std::string_view leaf(std::string_view path) { return path.substr(path.rfind('.') + 1); }

/// Letters of UTF-8, so that a wrong accent is one slip.
std::vector<std::string_view> letters_of(std::string_view word) {
  std::vector<std::string_view> letters;
  for (std::size_t begin = 0, end = 0; begin < word.size(); begin = end) {
    for (end = begin + 1; end < word.size() && (word[end] & 0xC0) == 0x80;) ++end;
    letters.push_back(word.substr(begin, end - begin));
  }
  return letters;
}

}  // namespace

std::size_t edit_distance(std::string_view first, std::string_view second) {
  auto const a = letters_of(first), b = letters_of(second);
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t const replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      bool const swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

std::optional<std::string> nearest(std::string_view word, std::vector<std::string> const& candidates) {
  auto best = std::pair(std::numeric_limits<std::size_t>::max(), std::size_t{0});
  std::optional<std::string> found;
  for (auto const& candidate : candidates) {
    // Another table costs one slip: the same key of the right table wins.
    auto const by_path = edit_distance(word, candidate);
    bool const dotted = leaf(word).size() < word.size() || leaf(candidate).size() < candidate.size();
    auto const by_leaf = (dotted ? edit_distance(leaf(word), leaf(candidate)) : by_path) + 1;
    auto const distance = std::min(by_path, by_leaf);
    auto const tolerated = std::max<std::size_t>(1, leaf(word).size() / 3) + (distance == by_leaf ? 1 : 0);
    if (distance <= tolerated && std::pair(distance, by_path) < best) {
      best = {distance, by_path};
      found = candidate;
    }
  }
  return found;
}

}  // namespace bellshard
