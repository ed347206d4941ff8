#pragma once
#include <cstdint>
#include <vector>

namespace bellshard::bid_optimization {

/// Which rows of the table are kept, and how the others come from them: by the cubic polynomial through the nearest four, at each budget.
class KeptRows {
 public:
  /// All rows 0 .. rows - 1, where `spacing` is 0; else steps from row n are at most spacing sqrt(n), and the first and the last row are there:
  /// between budgets that are scarce and ample, values bend over a stretch that grows as sqrt(n).
  KeptRows(std::int64_t rows, double spacing);

  std::vector<std::int64_t> const& rows() const { return rows_; }  ///< rising
  std::int64_t size() const { return static_cast<std::int64_t>(rows_.size()); }
  bool all() const { return size() == rows_.back() + 1; }
  /// Index of this row, or -1 where it is not kept.
  std::int64_t index_of(std::int64_t row) const;

  struct Mix {
    std::int64_t first = 0;  ///< index of the first kept row
    int count = 0;           ///< 1: the row itself is kept
    double weight[4] = {};
  };
  Mix mix_for(std::int64_t row) const;

  /// The row in the middle between kept rows i and i + 1, where they are no neighbours, else -1: what interpolation is checked against.
  std::int64_t middle_behind(std::int64_t i) const;

 private:
  std::vector<std::int64_t> rows_;
};

}  // namespace bellshard::bid_optimization
