#pragma once
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "src/base/block.hpp"

namespace bellshard {

/// Who owns which contiguous block of an axis of n items. The same on every rank; blocks may be empty.
class Partition {
 public:
  /// Blocks of n / parts items; the first n % parts blocks hold one more.
  static Partition equal(std::int64_t n, int parts);
  /// Cuts where the running weight comes nearest to k/parts of the whole, so every part gets about the same work.
  /// Weights are not negative; where all are zero the parts are equal.
  static Partition weighted(std::span<std::int64_t const> weight, int parts);
  /// Blocks of these sizes, for an axis whose cuts another rule decides.
  static Partition of_sizes(std::span<std::int64_t const> sizes);

  std::int64_t size() const { return offset_.back(); }
  int parts() const { return static_cast<int>(offset_.size()) - 1; }
  Block block(int part) const { return {offset_[part], offset_[part + 1]}; }
  int owner(std::int64_t item) const;  ///< the part whose block holds this item

 private:
  explicit Partition(std::vector<std::int64_t> offset) : offset_(std::move(offset)) {}
  std::vector<std::int64_t> offset_;
};

}  // namespace bellshard
