#pragma once
#include <cstdint>

namespace bellshard {

/// Contiguous global indices [begin, end) of one axis.
struct Block {
  std::int64_t begin = 0;
  std::int64_t end = 0;

  constexpr std::int64_t size() const { return end - begin; }
  constexpr bool empty() const { return end <= begin; }
  constexpr bool contains(std::int64_t i) const { return begin <= i && i < end; }
  friend constexpr bool operator==(Block const&, Block const&) = default;
};

/// The common part of two blocks; empty (begin == end) where they do not meet.
constexpr Block intersect(Block a, Block b) {
  auto const begin = a.begin > b.begin ? a.begin : b.begin;
  auto const end = a.end < b.end ? a.end : b.end;
  return {begin, end > begin ? end : begin};
}

}  // namespace bellshard
