#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "src/config/keys.hpp"

namespace bellshard::bid_optimization {

enum class Objective { clicks, profit };

struct Config {
  std::filesystem::path info, log;   ///< no log: no replay
  std::int64_t episode = 1000;       ///< auctions of an episode
  double budget_ratio = 0.03125;     ///< of what the episode's auctions cost on average
  std::int64_t budget = 0;           ///< of an episode, in units of price; 0: by the ratio
  std::int64_t max_bid = 300;
  Objective objective = Objective::clicks;
  double click_value = 0;            ///< in units of price; 0: what a click cost in training
  double discount = 1;               ///< of the auctions to come
  double lin_bid_base = 10;          ///< bid at the mean click rate
  std::filesystem::path tuning_log;  ///< choose the base by this log
  std::vector<double> lin_bid_candidates = {2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300};
  double spacing = 0;                ///< of the rows that are kept, in square roots of auctions left; 0: all are
  bool write_value = true, write_difference = false;
  std::string file = "bid_optimization.h5";

  bool for_profit() const { return objective == Objective::profit; }
  std::string value_unit() const { return for_profit() ? "1" : "count"; }
  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::bid_optimization
