#include "jobs/bid_optimization/replay.hpp"

#include <algorithm>

namespace bellshard::bid_optimization {
namespace {

constexpr std::int64_t auctions_at_once = 1 << 20;

}  // namespace

Replay::Replay(Context& context, Config const& config, Campaign const& campaign, ValueTable& table)
    : context_(context),
      config_(config),
      campaign_(campaign),
      table_(table),
      base_(config.lin_bid_base),
      batch_(std::max<std::int64_t>(1, auctions_at_once / config.episode)),
      outcomes_(3 * algorithms, 0) {
  if (config.log.empty()) done_[1] = 1;
  if (!config.tuning_log.empty()) together(context.comm(), [&] { choose_base(); });
}

std::int32_t Replay::simple_bid(Algorithm algorithm, double click_rate, std::int64_t budget) const {
  double const bid = algorithm == Algorithm::mcpc ? click_rate * static_cast<double>(campaign_.cost) / static_cast<double>(campaign_.clicks) : click_rate * base_ / campaign_.mean_rate();
  auto const most = static_cast<double>(std::min(config_.max_bid, budget));
  return static_cast<std::int32_t>(std::min(bid, most));
}

void Replay::settle(Algorithm algorithm, Auction const& auction, std::int32_t bid, std::int64_t& budget) {
  if (bid < auction.price) return;
  auto* const outcome = outcomes_.data() + 3 * static_cast<int>(algorithm);
  ++outcome[0];
  outcome[1] += auction.click;
  outcome[2] += auction.price;
  budget -= auction.price;
}

/// The best of the candidates on the tuning log, by the objective; the first of several.
void Replay::choose_base() {
  AuctionLog log(config_.tuning_log, campaign_.largest_price);
  std::vector<std::int64_t> budget(config_.lin_bid_candidates.size(), campaign_.budget);
  std::vector<double> brought(budget.size(), 0);
  Worth const worth(config_, campaign_);
  std::int64_t left = config_.episode;
  for (std::vector<Auction> auction; log.read(1, auction), !auction.empty(); --left) {
    if (left == 0) {
      std::fill(budget.begin(), budget.end(), campaign_.budget);
      left = config_.episode;
    }
    for (std::size_t k = 0; k < budget.size(); ++k) {
      base_ = config_.lin_bid_candidates[k];
      if (simple_bid(Algorithm::lin_bid, auction.front().click_rate, budget[k]) < auction.front().price) continue;
      budget[k] -= auction.front().price;
      brought[k] += worth.click_worth * auction.front().click - worth.price_weight * auction.front().price;
    }
  }
  base_ = config_.lin_bid_candidates[static_cast<std::size_t>(std::max_element(brought.begin(), brought.end()) - brought.begin())];
}

void Replay::open() {
  together(context_.comm(), [&] {
    log_.emplace(config_.log, campaign_.largest_price);
    log_->skip(auctions());
  });
}

void Replay::advance() {
  if (!log_) open();
  auto const episode = config_.episode;
  together(context_.comm(), [&] { log_->read(batch_ * episode, auctions_); });
  auto const size = static_cast<std::int64_t>(auctions_.size());
  done_[0] += size;
  if (size < batch_ * episode) done_[1] = 1;

  auto const episodes = static_cast<std::size_t>((size + episode - 1) / episode);
  std::array<std::vector<std::int64_t>, algorithms> budget;
  budget.fill(std::vector(episodes, campaign_.budget));
  std::vector<std::int64_t> asked;
  std::vector<double> rate;
  for (std::int64_t t = 0; t < std::min(episode, size); ++t) {
    auto const playing = static_cast<std::size_t>((size - t + episode - 1) / episode);  // the last episode of the log may be shorter
    auto const auction = [&](std::size_t e) -> Auction const& { return auctions_[e * static_cast<std::size_t>(episode) + static_cast<std::size_t>(t)]; };
    auto const left = [&](Algorithm algorithm, std::size_t e) -> std::int64_t& { return budget[static_cast<std::size_t>(algorithm)][e]; };
    asked.clear(), rate.clear();
    for (auto const algorithm : {Algorithm::ss_mdp, Algorithm::rlb}) {
      for (std::size_t e = 0; e < playing; ++e) {
        asked.push_back(left(algorithm, e));
        rate.push_back(algorithm == Algorithm::ss_mdp ? campaign_.mean_rate() : auction(e).click_rate);
      }
    }
    auto const bids = table_.bids(episode - t, asked, rate);
    for (std::size_t e = 0; e < playing; ++e) {
      settle(Algorithm::ss_mdp, auction(e), bids[e], left(Algorithm::ss_mdp, e));
      settle(Algorithm::rlb, auction(e), bids[playing + e], left(Algorithm::rlb, e));
      for (auto const algorithm : {Algorithm::mcpc, Algorithm::lin_bid}) {
        auto& money = left(algorithm, e);
        settle(algorithm, auction(e), simple_bid(algorithm, auction(e).click_rate, money), money);
      }
    }
  }
}

Won Replay::outcome(Algorithm algorithm) const {
  auto const* const outcome = outcomes_.data() + 3 * static_cast<int>(algorithm);
  return {outcome[0], outcome[1], outcome[2]};
}

std::vector<io::ShardedArray> Replay::arrays() { return {io::replicated_array("outcome", outcomes_), io::replicated_array("auctions", done_)}; }

}  // namespace bellshard::bid_optimization
