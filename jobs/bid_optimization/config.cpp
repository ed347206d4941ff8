#include "jobs/bid_optimization/config.hpp"

#include <fmt/format.h>

#include "kernels/dp/price_stage.hpp"

namespace bellshard::bid_optimization {

void Config::declare(Keys& keys) {
  keys.table("campaign", "what is known of the auctions");
  keys.file("campaign.info", info, "JSON: imp_train, clk_train, cost_train, price_counter_train, the number of auctions at each market price from 0 on").required().example("\"info_2997.json\"");
  keys.file("campaign.log", log, "auctions to bid in, also compressed: click (0 or 1), market price, predicted click rate a line; without it no replay");
  keys.table("auction", "an episode: so many auctions with one budget");
  keys.integer("auction.episode", episode, "auctions of an episode").range(1, 1e9).unit("count");
  keys.real("auction.budget_ratio", budget_ratio, "budget of an episode, as a share of what its auctions would cost at the mean price of training").range(0, 1e6, Border::open);
  keys.integer("auction.budget", budget, "budget of an episode in units of price, in place of the ratio; 0: by the ratio").range(0, 1e12);
  keys.integer("auction.max_bid", max_bid, "bids go up to this; no more than the largest price of the campaign").range(1, dp::PriceStage::most_prices);
  keys.table("objective", "what an episode is to bring");
  keys.choice("objective.kind", objective, {{"clicks", Objective::clicks}, {"profit", Objective::profit}}, "clicks, or what clicks are worth less what they cost");
  keys.variant("objective.kind", "profit", "worth of clicks less cost", [&] {
    keys.real("objective.click_value", click_value, "worth of a click in units of price; 0: what a click cost in training").range(0, 1e12);
  });
  keys.real("objective.discount", discount, "weight of the auctions to come against this one").range(0, 1, Border::open);
  keys.table("replay", "the simple rules that are bid beside");
  keys.real("replay.lin_bid_base", lin_bid_base, "LinBid bids this at the mean click rate of training, and in proportion at others").range(0, 1e6, Border::open);
  keys.file("replay.tuning_log", tuning_log, "choose LinBid's base by this log: that which brings most of the objective");
  keys.reals("replay.lin_bid_candidates", lin_bid_candidates, "bases that are tried on the tuning log").range(0, 1e6, Border::open);
  keys.table("table", "which rows of values are kept, for the result and for bids");
  keys.real("table.spacing", spacing, "steps between rows that are kept are at most spacing sqrt(n) at n auctions left, and values between them are interpolated; 0: every row is kept").range(0, 100);
  keys.table("output", "where it goes");
  keys.text("output.file", file, "result file, below the output folder (-o)");
  keys.flag("output.value", write_value, "write the values of the rows that are kept");
  keys.flag("output.difference", write_difference, "write what one more unit of budget is worth, too");
}

void Config::check(Keys const& keys) const {
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"bid_optimization.h5\"");
  if (!tuning_log.empty() && lin_bid_candidates.empty()) keys.reject("replay.lin_bid_candidates", "replay.lin_bid_candidates is empty; name the bases to try, or leave out replay.tuning_log");
  if (budget > 0 && keys.given("auction.budget_ratio")) keys.reject("auction.budget_ratio", "auction.budget_ratio and auction.budget are both given; leave one of them out");
}

}  // namespace bellshard::bid_optimization
