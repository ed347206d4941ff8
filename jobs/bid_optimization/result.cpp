#include "jobs/bid_optimization/result.hpp"

#include <limits>

#include "io/hdf5/result_file.hpp"

namespace bellshard::bid_optimization {
namespace {

/// Not a number where nothing was won.
double ratio(double a, double b) { return b > 0 ? a / b : std::numeric_limits<double>::quiet_NaN(); }

void write_table(Context& context, io::ResultFile& out, Config const& config, ValueTable const& table) {
  if (!config.write_value && !config.write_difference) return;
  auto const& kept = table.kept();
  auto const budget = out.axis("budget", table.budgets(), "budget left, in units of price");
  std::vector<double> const numbers(kept.rows().begin(), kept.rows().end());
  auto const left = kept.all() ? out.axis("auctions_left", kept.size(), "auctions left") : out.axis("auctions_left", numbers, {"count"}, "auctions left, of the rows that are kept");
  if (config.write_value) out.write(table.values(), {left, budget});
  if (config.write_difference) out.write(table.differences(), {left, budget});
  if (kept.all()) return;
  Block const own = context.root() ? Block{0, kept.size()} : Block{};
  out.write("value_error", {left}, own, table.value_error(), {config.value_unit()}, "largest error of interpolation at any budget, in the row in the middle behind this one; 0 where there is none");
  out.write("difference_error", {left}, own, table.difference_error(), {config.value_unit()}, "the same of what one more unit of budget is worth");
}

void write_outcomes(Context& context, io::ResultFile& out, Config const& config, Campaign const& campaign, Replay const& replay) {
  auto const algorithm = out.axis("algorithm", algorithm_names, "rules that bid");
  std::vector<std::int64_t> impressions, clicks, cost;
  std::vector<double> win_rate, cpm, ecpc, profit;
  auto const value = Worth(config, campaign);
  for (int k = 0; k < algorithms; ++k) {
    auto const outcome = replay.outcome(static_cast<Algorithm>(k));
    impressions.push_back(outcome.impressions), clicks.push_back(outcome.clicks), cost.push_back(outcome.cost);
    auto const won = static_cast<double>(outcome.impressions), clicked = static_cast<double>(outcome.clicks), paid = static_cast<double>(outcome.cost);
    win_rate.push_back(ratio(won, static_cast<double>(replay.auctions())));
    cpm.push_back(ratio(paid, won));
    ecpc.push_back(ratio(paid / 1000, clicked));
    profit.push_back(value.click_worth * clicked - paid);
  }
  auto const write = [&](std::string const& name, auto const& values, std::string const& unit, std::string const& meaning) {
    out.write(name, {algorithm}, context.root() ? Block{0, algorithms} : Block{}, values, {unit}, meaning);
  };
  write("impressions", impressions, "count", "auctions won");
  write("clicks", clicks, "count", "clicks at what was won");
  write("cost", cost, "1", "sum of the market prices paid");
  write("win_rate", win_rate, "1", "share of the auctions that were won");
  write("cpm", cpm, "1", "price of an impression as the log counts it, for a thousand impressions; not a number where none was won");
  write("ecpc", ecpc, "1", "effective cost of a click, in units of a thousand prices; not a number where there was none");
  if (config.for_profit()) write("profit", profit, "1", "worth of the clicks less the cost");
  out.write("auctions", replay.auctions(), {"count"}, "auctions of the log");
  out.attribute("lin_bid_base", replay.lin_bid_base());
}

}  // namespace

void write_result(Context& context, Config const& config, Campaign const& campaign, Optimization const& step, io::RunRecord const& record, DriveResult const& driven) {
  auto const last = step.table().last_value();
  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  write_table(context, out, config, step.table());
  if (!config.log.empty()) write_outcomes(context, out, config, campaign, step.replay());
  out.write("last_value", last, {config.value_unit()}, "value of the whole budget with one auction fewer than an episode has");
  out.attribute("objective", config.for_profit() ? "profit" : "clicks");
  out.attribute("episode", static_cast<double>(config.episode));
  out.attribute("budget", static_cast<double>(campaign.budget));
  out.attribute("mean_click_rate", campaign.mean_rate());
  out.attribute("mean_price", campaign.mean_price());
  out.attribute("click_worth", Worth(config, campaign).click_worth);
  out.attribute("discount", config.discount);
  out.attribute("max_bid", static_cast<double>(config.max_bid));
  out.write(driven.trace);
  out.commit();
}

void log_outcomes(Context& context, Config const& config, Campaign const& campaign, Replay const& replay) {
  auto const worth = Worth(config, campaign);
  for (int k = 0; k < algorithms; ++k) {
    auto const outcome = replay.outcome(static_cast<Algorithm>(k));
    auto const won = static_cast<double>(outcome.impressions), clicked = static_cast<double>(outcome.clicks), paid = static_cast<double>(outcome.cost);
    context.log().info("{:8} {:8} impressions, {:6} clicks, cost {:9}, win rate {:6.2f} %, CPM {:.2f}, eCPC {:.3f}{}", algorithm_names[static_cast<std::size_t>(k)], outcome.impressions, outcome.clicks,
                       outcome.cost, 100 * ratio(won, static_cast<double>(replay.auctions())), ratio(paid, won), ratio(paid / 1000, clicked),
                       config.for_profit() ? fmt::format(", profit {:.0f}", worth.click_worth * clicked - paid) : "");
  }
}

}  // namespace bellshard::bid_optimization
