#pragma once
#include <array>
#include <memory>
#include <optional>

#include "jobs/bid_optimization/auction_log.hpp"
#include "jobs/bid_optimization/value_table.hpp"

namespace bellshard::bid_optimization {

/// The rules that bid, in the order of the result. ss_mdp takes each auction for a mean one; rlb bids by its click rate; both by the table. mcpc
/// bids what a click cost in training, lin_bid in proportion to a base, whatever is left.
enum class Algorithm { ss_mdp, mcpc, lin_bid, rlb };
inline constexpr int algorithms = 4;
inline std::vector<std::string> const algorithm_names = {"ss_mdp", "mcpc", "lin_bid", "rlb"};

/// What came of a rule's bids.
struct Won {
  std::int64_t impressions = 0, clicks = 0, cost = 0;
};

/// Each rule bids in all auctions of a log, in the order of the log: episode after episode, each with the whole budget. Episodes do not know of each
/// other, so those of a batch are played side by side: one auction of each, of all rules, is one question to the table.
class Replay {
 public:
  Replay(Context& context, Config const& config, Campaign const& campaign, ValueTable& table);

  /// The next batch of episodes; nothing where the log has ended.
  void advance();
  bool finished() const { return done_[1] != 0; }
  std::int64_t auctions() const { return done_[0]; }
  double lin_bid_base() const { return base_; }
  Won outcome(Algorithm algorithm) const;

  std::vector<io::ShardedArray> arrays();

 private:
  void open();
  std::int32_t simple_bid(Algorithm algorithm, double click_rate, std::int64_t budget) const;
  void settle(Algorithm algorithm, Auction const& auction, std::int32_t bid, std::int64_t& budget);
  void choose_base();

  Context& context_;
  Config const& config_;
  Campaign const& campaign_;
  ValueTable& table_;
  double base_;
  std::int64_t batch_;            ///< episodes at once
  std::optional<AuctionLog> log_;
  std::vector<Auction> auctions_; ///< of a batch
  std::vector<std::int64_t> outcomes_;    ///< [algorithm, 3] impressions, clicks, cost
  std::vector<std::int64_t> done_{0, 0};  ///< auctions; has the log ended?
};

}  // namespace bellshard::bid_optimization
