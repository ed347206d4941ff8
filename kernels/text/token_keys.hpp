#pragma once
#include <cstdint>

#include "kernels/execution.hpp"

namespace bellshard::text {

/// Bits of a number: 0 of 0, 3 of 5.
KOKKOS_INLINE_FUNCTION unsigned bits_of(std::uint64_t number) {
  unsigned bits = 0;
  while (bits < 64 && number >> bits != 0) ++bits;
  return bits;
}

/// As many tokens from a place on as 64 bits hold, as one number in the order of texts: each is one more than its id, and what
/// lies behind the end is 0. So no two suffixes that both end within their keys have equal ones.
template <class Token>
class TokenKeys {
 public:
  TokenKeys(Array<Token const> const& tokens, Token largest)
      : tokens_(tokens), bits_of_token_(bits_of(std::uint64_t{largest} + 1)), tokens_in_key_(64 / bits_of_token_) {}

  KOKKOS_INLINE_FUNCTION std::uint64_t operator()(std::uint64_t begin) const {
    std::uint64_t key = 0;
    for (std::uint64_t i = begin; i < begin + tokens_in_key_; ++i) {
      key = key << bits_of_token_ | (i < tokens_.extent(0) ? std::uint64_t{tokens_(i)} + 1 : 0);
    }
    return key;
  }

  unsigned bits() const { return bits_of_token_ * tokens_in_key_; }
  unsigned tokens_in_key() const { return tokens_in_key_; }

 private:
  Array<Token const> tokens_;
  unsigned bits_of_token_, tokens_in_key_;
};

}  // namespace bellshard::text
