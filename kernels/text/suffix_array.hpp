#pragma once
#include <cstdint>

#include "kernels/text/suffix_doubling.hpp"

namespace bellshard::text {

/// Bytes of memory that suffix_array() takes at its peak, the result among them, the tokens not.
template <class Token>
std::int64_t suffix_array_bytes(std::int64_t tokens) {
  return 32 * tokens + (std::int64_t{1} << 20);
}

/// The start positions of all suffixes of the tokens (fewer than 2^31), in ascending order of suffixes; one that is the beginning
/// of another comes first. No token may be larger than `largest`.
template <class Token>
Array<std::uint32_t> suffix_array(Execution const& execution, Array<Token const> const& tokens, Token largest) {
  return suffix_array_by_doubling(execution, tokens, largest);
}

}  // namespace bellshard::text
