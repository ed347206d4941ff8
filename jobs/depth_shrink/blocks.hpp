#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "jobs/depth_shrink/config.hpp"

namespace bellshard::depth_shrink {

using Mask = std::vector<std::uint8_t>;  ///< [block] 1: in force

/// The blocks of a network, and which of them may go.
struct Blocks {
  std::vector<std::string> name;
  std::vector<std::size_t> free;  ///< ascending
  std::int64_t most = 0;          ///< that may be removed

  std::int64_t size() const { return static_cast<std::int64_t>(name.size()); }
  std::int64_t rows() const { return static_cast<std::int64_t>(free.size()); }
  Mask all() const { return Mask(name.size(), 1); }

  /// Masks with 1 to `most` free blocks off; infinity where it is no number for a double.
  double masks() const {
    double sum = 0, ways = 1;
    for (std::int64_t m = 1; m <= most; ++m) {
      ways *= static_cast<double>(rows() - m + 1) / static_cast<double>(m);
      sum += ways;
    }
    return sum;
  }
};

/// removable [block]: may it go at all? Exit 4 where the keys leave nothing to remove.
Blocks choose_blocks(Config const& config, std::vector<std::string> names, std::vector<bool> const& removable);

/// "110111"
std::string text_of(Mask const& mask);

}  // namespace bellshard::depth_shrink
