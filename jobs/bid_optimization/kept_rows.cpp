#include "jobs/bid_optimization/kept_rows.hpp"

#include <algorithm>
#include <cmath>

namespace bellshard::bid_optimization {

KeptRows::KeptRows(std::int64_t rows, double spacing) {
  std::int64_t row = 0;
  while (row < rows) {
    rows_.push_back(row);
    row = std::max(row + 1, row + static_cast<std::int64_t>(spacing * std::sqrt(static_cast<double>(row))));
  }
  if (rows_.back() != rows - 1) rows_.push_back(rows - 1);
}

std::int64_t KeptRows::index_of(std::int64_t row) const {
  auto const at = std::lower_bound(rows_.begin(), rows_.end(), row);
  return at != rows_.end() && *at == row ? at - rows_.begin() : -1;
}

KeptRows::Mix KeptRows::mix_for(std::int64_t row) const {
  auto const above = std::lower_bound(rows_.begin(), rows_.end(), row) - rows_.begin();
  if (rows_[static_cast<std::size_t>(above)] == row) return {above, 1, {1}};
  Mix mix{std::clamp<std::int64_t>(above - 2, 0, std::max<std::int64_t>(0, size() - 4)), static_cast<int>(std::min<std::int64_t>(4, size())), {}};
  for (int i = 0; i < mix.count; ++i) {  // Lagrange
    mix.weight[i] = 1;
    for (int j = 0; j < mix.count; ++j) {
      if (j == i) continue;
      auto const from = static_cast<double>(rows_[static_cast<std::size_t>(mix.first + j)]), at = static_cast<double>(rows_[static_cast<std::size_t>(mix.first + i)]);
      mix.weight[i] *= (static_cast<double>(row) - from) / (at - from);
    }
  }
  return mix;
}

std::int64_t KeptRows::middle_behind(std::int64_t i) const {
  if (i + 1 >= size()) return -1;
  auto const low = rows_[static_cast<std::size_t>(i)], high = rows_[static_cast<std::size_t>(i + 1)];
  return high - low > 1 ? (low + high) / 2 : -1;
}

}  // namespace bellshard::bid_optimization
