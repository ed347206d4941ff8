#pragma once
#include <vector>

#include "io/sharded_array.hpp"
#include "jobs/bid_optimization/campaign.hpp"
#include "jobs/bid_optimization/kept_rows.hpp"
#include "kernels/dp/price_sweep.hpp"
#include "src/dist/window_exchange.hpp"
#include "src/drive/step.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::bid_optimization {

/// What an episode is still worth with n auctions and b units of budget left, row by row: V[0] = 0, and row n from row n - 1 by one stage of
/// dp::PriceStage. Budgets are sharded in tiles; each rank also holds those below its block that a bid can lead to, and the one above it.
/// Every call is collective, and its answer the same on every rank.
class ValueTable {
 public:
  ValueTable(Context& context, Config const& config, Campaign const& campaign);

  /// Computes the next row: 1, 2, ..., episode - 1.
  void advance();
  bool complete() const { return row() == kept_.rows().back(); }
  std::int64_t row() const { return row_[0]; }
  SweepWork const& work() const { return work_; }

  /// bid [item] with n >= 1 auctions left, of rows that are kept or what is interpolated between them, once complete.
  std::vector<std::int32_t> bids(std::int64_t n, std::vector<std::int64_t> const& budget, std::vector<double> const& click_rate);

  std::vector<io::ShardedArray> arrays();
  void restored();

  // For the result.
  KeptRows const& kept() const { return kept_; }
  std::int64_t budgets() const { return budgets_; }      ///< 0 .. B
  io::ShardedArray values() const;                       ///< [kept row, budget]
  io::ShardedArray differences() const;                  ///< [kept row, budget] what one more unit is worth
  std::vector<double> const& value_error() const { return value_error_; }            ///< [kept row] of the row in the middle behind it; 0 where there is none
  std::vector<double> const& difference_error() const { return difference_error_; }  ///< [kept row] the same of differences
  double last_value() const;                             ///< of the whole budget in the last row

  /// Bytes of the fullest of so many ranks: of rows that are kept, and of those in work.
  struct Size {
    double kept = 0, working = 0;
  };
  static Size size(Config const& config, Campaign const& campaign, KeptRows const& kept, int ranks);

 private:
  using Rows = Array<double>;
  std::int64_t stride() const { return margin_ + own_.size() + 1; }
  Kokkos::View<double*> row_of(Rows const& rows, std::int64_t k) const { return Kokkos::subview(rows, std::pair(k * stride(), (k + 1) * stride())); }
  void keep_row();
  void check_interval(std::int64_t i);
  dp::MixedRow mixed(KeptRows::Mix const& mix) const;
  io::ShardedArray sharded_rows(std::string const& name, Rows const& rows, std::int64_t count, std::string const& meaning) const;
  io::ShardedArray result_rows(std::string const& name, std::string const& meaning) const;

  MPI_Comm comm_;
  Config const& config_;
  Worth worth_;
  double mean_rate_;
  KeptRows kept_;
  std::int64_t budgets_;
  std::int64_t margin_;  ///< budgets below the own block
  Partition axis_;
  Block own_;            ///< budgets; the last ones may lie beyond B
  WindowExchange exchange_;
  Array<double> chance_, gain_, chance_sum_, gain_sum_;  ///< [price]
  Rows before_, after_;                                  ///< [margin, own, 1] of the last row and the next one
  Rows table_;                                           ///< [kept row] of such rows
  Rows middle_;                                          ///< [2] rows in the middle of intervals that are not yet checked, by turns
  std::vector<double> value_error_, difference_error_;
  std::vector<std::int64_t> row_{0};
  SweepWork work_;
};

}  // namespace bellshard::bid_optimization
