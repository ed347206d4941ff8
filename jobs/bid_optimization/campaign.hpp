#pragma once
#include <vector>

#include "jobs/bid_optimization/config.hpp"

namespace bellshard::bid_optimization {

/// What training says of the auctions, as the job needs it.
struct Campaign {
  std::int64_t impressions = 0, clicks = 0, cost = 0;  ///< of training
  std::int64_t largest_price = 0;
  std::vector<double> chance;  ///< [price 0 .. max_bid] that the market price is this one, each price counted once more than it was seen
  std::int64_t budget = 0;     ///< of an episode, in units of price

  double mean_rate() const { return static_cast<double>(clicks) / static_cast<double>(impressions); }  ///< clicks an auction
  double mean_price() const { return static_cast<double>(cost) / static_cast<double>(impressions); }
  double click_cost() const { return static_cast<double>(cost) / static_cast<double>(clicks); }
};

/// Exit 4 where the file does not hold what it should, or the budget comes to nothing.
Campaign read_campaign(Config const& config);

/// The objective in numbers: an auction that is won at price d brings click_worth times its click rate, less price_weight d.
struct Worth {
  double click_worth = 1, price_weight = 0;

  Worth(Config const& config, Campaign const& campaign)
      : click_worth(!config.for_profit() ? 1 : config.click_value > 0 ? config.click_value : campaign.click_cost()), price_weight(config.for_profit() ? 1 : 0) {}
};

}  // namespace bellshard::bid_optimization
