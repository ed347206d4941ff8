#pragma once
#include "jobs/bid_optimization/replay.hpp"

namespace bellshard::bid_optimization {

/// First the rows of the table, one a sweep; then the log, a batch of episodes a sweep.
class Optimization : public Step {
 public:
  Optimization(Context& context, Config const& config, Campaign const& campaign) : table_(context, config, campaign), replay_(context, config, campaign, table_) {}

  void advance(std::int64_t) override {
    bool const solving = !table_.complete();
    if (solving) table_.advance();
    else if (!replay_.finished()) replay_.advance();
    work_ = solving ? table_.work() : SweepWork{};
  }
  double residual() const override { return static_cast<double>(table_.kept().rows().back() - table_.row() + (replay_.finished() ? 0 : 1)); }
  bool finished() const override { return table_.complete() && replay_.finished(); }
  SweepWork work() const override { return work_; }
  double share_done() const override { return static_cast<double>(table_.row()) / static_cast<double>(table_.kept().rows().back() + 1); }
  std::vector<io::ShardedArray> arrays() override {
    auto all = table_.arrays();
    for (auto& array : replay_.arrays()) all.push_back(std::move(array));
    return all;
  }
  void restored() override { table_.restored(); }

  ValueTable const& table() const { return table_; }
  Replay const& replay() const { return replay_; }

 private:
  ValueTable table_;
  Replay replay_;
  SweepWork work_;
};

}  // namespace bellshard::bid_optimization
