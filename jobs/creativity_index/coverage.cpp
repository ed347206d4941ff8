#include "jobs/creativity_index/coverage.hpp"

#include <algorithm>

namespace bellshard::creativity_index {

double coverage(std::span<std::int32_t const> longest, std::int64_t least) {
  if (longest.empty()) return 0;
  std::int64_t covered = 0, reach = 0;
  for (std::int64_t at = 0; at < static_cast<std::int64_t>(longest.size()); ++at) {
    auto const length = longest[static_cast<std::size_t>(at)];
    if (length < least || at + length <= reach) continue;
    covered += at + length - std::max(at, reach);
    reach = at + length;
  }
  return static_cast<double>(covered) / static_cast<double>(longest.size());
}

}  // namespace bellshard::creativity_index
