#include "src/dist/partition.hpp"

#include <algorithm>

#include "src/base/error.hpp"

namespace bellshard {

Partition Partition::equal(std::int64_t n, int parts) {
  BELLSHARD_EXPECT(n >= 0 && parts > 0);
  std::vector<std::int64_t> offset{0};
  for (int part = 0; part < parts; ++part) offset.push_back(offset.back() + n / parts + (part < n % parts ? 1 : 0));
  return Partition(std::move(offset));
}

Partition Partition::weighted(std::span<std::int64_t const> weight, int parts) {
  BELLSHARD_EXPECT(parts > 0);
  auto const n = static_cast<std::int64_t>(weight.size());
  std::int64_t total = 0;
  for (auto w : weight) {
    BELLSHARD_EXPECT(w >= 0);
    total += w;
  }
  if (total == 0) return equal(n, parts);

  std::vector<std::int64_t> offset{0};
  std::int64_t cut = 0;
  std::int64_t running = 0;  // weight of the items before the cut
  for (int part = 1; part < parts; ++part) {
    // total * part / parts, without the overflow
    auto const target = total / parts * part + total % parts * part / parts;
    while (cut < n && running < target && running + weight[cut] - target <= target - running) running += weight[cut++];
    offset.push_back(cut);
  }
  offset.push_back(n);
  return Partition(std::move(offset));
}

Partition Partition::of_sizes(std::span<std::int64_t const> sizes) {
  BELLSHARD_EXPECT(!sizes.empty());
  std::vector<std::int64_t> offset{0};
  for (auto size : sizes) {
    BELLSHARD_EXPECT(size >= 0);
    offset.push_back(offset.back() + size);
  }
  return Partition(std::move(offset));
}

int Partition::owner(std::int64_t item) const {
  BELLSHARD_EXPECT(item >= 0 && item < size());
  // The last block that begins at or before the item; empty blocks at the same place come before it.
  auto const next = std::upper_bound(offset_.begin(), offset_.end(), item);
  return static_cast<int>(next - offset_.begin()) - 1;
}

}  // namespace bellshard
