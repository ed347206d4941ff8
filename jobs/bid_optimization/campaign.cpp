#include "jobs/bid_optimization/campaign.hpp"

#include <fmt/format.h>

#include <cmath>

#include "io/text/json_line.hpp"
#include "kernels/dp/price_stage.hpp"
#include "src/base/error.hpp"

namespace bellshard::bid_optimization {
namespace {

constexpr std::int64_t most_count = std::int64_t{1} << 53;  // beyond it doubles skip whole numbers

std::int64_t count_of(io::JsonLine const& info, std::string const& place, std::string const& field) {
  auto const value = info.number(field);
  BELLSHARD_INPUT(value.has_value(), "{}: {} is missing or no number; an info file has imp_train, clk_train, cost_train and price_counter_train", place, field);
  BELLSHARD_INPUT(*value >= 0 && std::floor(*value) == *value && *value < static_cast<double>(most_count), "{}: {} = {} is no count; write a whole number, 0 or more", place, field, *value);
  return static_cast<std::int64_t>(*value);
}

}  // namespace

Campaign read_campaign(Config const& config) {
  auto const place = config.info.string();
  io::JsonLine info;
  io::read_json_object(config.info, info);
  Campaign campaign;
  campaign.impressions = count_of(info, place, "imp_train");
  campaign.clicks = count_of(info, place, "clk_train");
  campaign.cost = count_of(info, place, "cost_train");
  BELLSHARD_INPUT(campaign.impressions > 0 && campaign.clicks > 0, "{}: imp_train = {} and clk_train = {}; without impressions and clicks there is no click rate to bid by", place, campaign.impressions, campaign.clicks);
  BELLSHARD_INPUT(campaign.clicks <= campaign.impressions, "{}: clk_train = {} is more than imp_train = {}", place, campaign.clicks, campaign.impressions);

  auto const counts = info.wholes("price_counter_train");
  BELLSHARD_INPUT(counts && counts->size() >= 2, "{}: price_counter_train is missing or no array of whole numbers, one for each price from 0 on", place);
  campaign.largest_price = static_cast<std::int64_t>(counts->size()) - 1;
  BELLSHARD_INPUT(campaign.largest_price <= dp::PriceStage::most_prices, "{}: price_counter_train goes up to price {}; at most {} is provided for, use coarser prices", place, campaign.largest_price,
                  dp::PriceStage::most_prices);
  std::int64_t sum = 0;
  for (std::size_t d = 0; d < counts->size(); ++d) {
    auto const count = (*counts)[d];
    BELLSHARD_INPUT(count >= 0 && count < most_count, "{}: price_counter_train[{}] = {} is no count; write a whole number, 0 or more", place, d, count);
    sum += count;
  }
  BELLSHARD_INPUT(sum == campaign.impressions, "{}: price_counter_train sums to {}, and imp_train = {}; each impression has one price", place, sum, campaign.impressions);
  BELLSHARD_INPUT(config.max_bid <= campaign.largest_price, "{}: price_counter_train ends at price {}, below auction.max_bid = {}; lower auction.max_bid", place, campaign.largest_price, config.max_bid);
  for (std::int64_t d = 0; d <= config.max_bid; ++d) {
    campaign.chance.push_back(static_cast<double>((*counts)[static_cast<std::size_t>(d)] + 1) / static_cast<double>(sum + static_cast<std::int64_t>(counts->size())));
  }

  campaign.budget = config.budget;
  if (config.budget == 0) {
    auto const budget = campaign.mean_price() * config.budget_ratio * static_cast<double>(config.episode);
    BELLSHARD_INPUT(budget >= 1 && budget < 1e12, "{}: auction.budget_ratio = {} of {} auctions at {:.4g} each is a budget of {:.3g}; it must be from 1 to 1e12: change the ratio or auction.episode", place, config.budget_ratio,
                    config.episode, campaign.mean_price(), budget);
    campaign.budget = static_cast<std::int64_t>(budget);
  }
  return campaign;
}

}  // namespace bellshard::bid_optimization
