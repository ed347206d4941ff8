#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellshard {

/// Fewest insertions, deletions, replacements and swaps of neighbours that turn one word into the other
/// (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that a mistyped word most likely meant; none where all are too far to be a slip of the hand.
/// Words with dots also match by what stands behind the last dot, so a key in the wrong table is found.
std::optional<std::string> nearest(std::string_view word, std::vector<std::string> const& candidates);

}  // namespace bellshard
