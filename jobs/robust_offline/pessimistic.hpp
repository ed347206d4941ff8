#pragma once
#include <vector>

#include "jobs/robust_offline/offline_data.hpp"
#include "kernels/dp/regression_sums.hpp"
#include "src/drive/step.hpp"

namespace bellshard::robust_offline {

/// Pessimistic value iteration of every method on every data set, one stage a sweep, from the last one backward.
///
/// A stage regresses what the next one is worth on the features of the data: the Gram matrix is the same for all methods, what is
/// regressed is each method's own. Ranks that share rows add their sums block by block in one order, so the bits do not depend on them.
class Pessimistic : public Step {
 public:
  Pessimistic(Context& context, Config const& config, World const& world, OfflineData const& data);

  void advance(std::int64_t sweep) override;
  double residual() const override { return static_cast<double>(world_.horizon - done_); }
  bool finished() const override { return done_ == world_.horizon; }
  double share_done() const override { return static_cast<double>(done_) / static_cast<double>(world_.horizon); }
  SweepWork work() const override { return work_; }
  std::vector<io::ShardedArray> arrays() override;

  std::vector<Method> const& methods() const { return methods_; }
  /// [own set, method, stage, factor], and [own set, stage, factor, factor].
  io::ShardedArray weights();
  io::ShardedArray inverses();
  std::vector<double> const& seconds() const { return seconds_; }  ///< [method] of all ranks, and last of the Gram matrices
  /// The values of a stage as a method sees them.
  dp::PessimisticValue stage_value(std::size_t method, std::int64_t stage) const;

 private:
  std::int64_t sets() const { return data_.shares.own_sets(); }
  std::int64_t factors() const { return world_.factors; }
  dp::RegressionRows rows(std::int64_t stage) const;
  double* weight(std::int64_t set, std::size_t method, std::int64_t stage);
  double* inverse(std::int64_t set, std::int64_t stage);

  /// Own sums of blocks to whole sums [own set, items], added in the order of the blocks.
  template <class Sum>
  std::vector<double> add_blocks(std::int64_t items, Sum const& sum) const;
  void invert_gram(std::int64_t stage);
  void regress(std::size_t method, std::int64_t stage);
  std::vector<double> by_sums(Method const& method, std::int64_t stage, Array<double> const& next);
  std::vector<double> by_search(Method const& method, std::int64_t stage, Array<double> const& next);

  Context& context_;
  Config const& config_;
  World const& world_;
  OfflineData const& data_;
  std::vector<Method> methods_;
  double most_, coolest_;
  std::int64_t done_ = 0;           ///< stages
  std::vector<double> weight_;      ///< [own set, method, stage, factor]
  std::vector<double> inverse_;     ///< [own set, stage, factor, factor]
  std::vector<double> seconds_;
  SweepWork work_;
};

}  // namespace bellshard::robust_offline
