#pragma once
#include <filesystem>
#include <vector>

#include "io/text/line_source.hpp"

namespace bellshard::bid_optimization {

struct Auction {
  double click_rate;  ///< predicted
  std::int16_t price; ///< market price: what the winner pays
  std::uint8_t click; ///< would it be clicked at, if won?
};

/// A log of auctions, also compressed: "click price click_rate" a line, for example "0 70 0.0021". Exit 4 with file and line where one is otherwise.
class AuctionLog {
 public:
  AuctionLog(std::filesystem::path path, std::int64_t largest_price) : path_(std::move(path)), lines_(path_), largest_price_(largest_price) {}

  /// The next auctions, at most so many; none behind the last one.
  void read(std::int64_t most, std::vector<Auction>& auctions);
  void skip(std::int64_t auctions);

 private:
  Auction parse(std::string_view line) const;
  bool next();  ///< passes over empty lines
  std::filesystem::path path_;
  io::LineSource lines_;
  std::int64_t largest_price_;
  std::int64_t number_ = 0;
};

}  // namespace bellshard::bid_optimization
