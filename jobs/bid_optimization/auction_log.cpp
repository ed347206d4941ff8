#include "jobs/bid_optimization/auction_log.hpp"

#include <fmt/format.h>

#include <charconv>

#include "io/import/text_file.hpp"
#include "src/base/error.hpp"

namespace bellshard::bid_optimization {
namespace {

template <class T>
bool read_number(std::string_view word, T& value) {
  auto const [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  return failure == std::errc{} && end == word.data() + word.size();
}

}  // namespace

Auction AuctionLog::parse(std::string_view line) const {
  auto const words = io::words_of(line);
  BELLSHARD_INPUT(words.size() == 3, "{}:{}: {} words; write click (0 or 1), market price, click rate: 0 70 0.0021", path_.string(), number_, words.size());
  BELLSHARD_INPUT(words[0] == "0" || words[0] == "1", "{}:{}: the click is {}; write 0 or 1", path_.string(), number_, words[0]);
  std::int64_t price = 0;
  BELLSHARD_INPUT(read_number(words[1], price) && price >= 0, "{}:{}: the market price is {}; write a whole number, 0 or more", path_.string(), number_, words[1]);
  BELLSHARD_INPUT(price <= largest_price_, "{}:{}: the market price is {}, and the campaign's prices end at {}; count the price in price_counter_train or cut it off", path_.string(), number_, price, largest_price_);
  double rate = 0;
  BELLSHARD_INPUT(read_number(words[2], rate) && rate >= 0 && rate <= 1, "{}:{}: the click rate is {}; write a number from 0 to 1", path_.string(), number_, words[2]);
  return {rate, static_cast<std::int16_t>(price), static_cast<std::uint8_t>(words[0] == "1")};
}

bool AuctionLog::next() {
  while (lines_.next()) {
    ++number_;
    if (lines_.line().find_first_not_of(" \t\r") != std::string_view::npos) return true;
  }
  return false;
}

void AuctionLog::read(std::int64_t most, std::vector<Auction>& auctions) {
  auctions.clear();
  while (static_cast<std::int64_t>(auctions.size()) < most && next()) auctions.push_back(parse(io::trimmed(lines_.line())));
}

void AuctionLog::skip(std::int64_t auctions) {
  for (std::int64_t k = 0; k < auctions; ++k) {
    BELLSHARD_INPUT(next(), "{}: has {} auctions, fewer than were bid in before; bring the log back or start anew with --restart never", path_.string(), k);
  }
}

}  // namespace bellshard::bid_optimization
