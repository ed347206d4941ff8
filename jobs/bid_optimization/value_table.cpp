#include "jobs/bid_optimization/value_table.hpp"

#include <algorithm>
#include <limits>

#include "kernels/host_copy.hpp"
#include "src/dist/margin_sweep.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::bid_optimization {
namespace {

constexpr auto tile = dp::PriceStage::tile;

using HostPiece = Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Budgets 0 .. B and the one above it, in whole tiles.
Partition budget_axis(std::int64_t budgets, int ranks) {
  auto const tiles = Partition::equal((budgets + 1 + tile - 1) / tile, ranks);
  std::vector<std::int64_t> sizes;
  for (int rank = 0; rank < ranks; ++rank) sizes.push_back(tile * tiles.block(rank).size());
  return Partition::of_sizes(sizes);
}

}  // namespace

ValueTable::ValueTable(Context& context, Config const& config, Campaign const& campaign)
    : comm_(context.comm()),
      config_(config),
      worth_(config, campaign),
      mean_rate_(campaign.mean_rate()),
      kept_(config.episode, config.spacing),
      budgets_(campaign.budget + 1),
      margin_(config.max_bid),
      axis_(budget_axis(budgets_, context.ranks())),
      own_(axis_.block(context.rank())),
      exchange_(comm_, axis_, margin_, 1, 1),
      value_error_(static_cast<std::size_t>(kept_.size()), 0),
      difference_error_(static_cast<std::size_t>(kept_.size()), 0) {
  std::vector<double> gain, chance_sum, gain_sum;
  double of_chance = 0, of_gain = 0;
  for (std::size_t d = 0; d < campaign.chance.size(); ++d) {
    gain.push_back(worth_.click_worth * mean_rate_ - worth_.price_weight * static_cast<double>(d));
    chance_sum.push_back(of_chance += campaign.chance[d]);
    gain_sum.push_back(of_gain += campaign.chance[d] * gain[d]);
  }
  together(comm_, [&] {
    chance_ = to_device(campaign.chance, "bellshard::bid_optimization::chance");
    gain_ = to_device(gain, "bellshard::bid_optimization::gain");
    chance_sum_ = to_device(chance_sum, "bellshard::bid_optimization::chance_sum");
    gain_sum_ = to_device(gain_sum, "bellshard::bid_optimization::gain_sum");
    auto const rows = [&](char const* label, std::int64_t count) {
      auto const array = large_array<Rows>(label, static_cast<std::size_t>(count * stride()));
      auto const below = std::clamp<std::int64_t>(margin_ - own_.begin, 0, margin_);  // budgets below 0, which no exchange fills
      for (std::int64_t k = 0; k < count; ++k) Kokkos::deep_copy(Kokkos::subview(row_of(array, k), std::pair<std::int64_t, std::int64_t>(0, below)), -std::numeric_limits<double>::infinity());
      return array;
    };
    before_ = rows("bellshard::bid_optimization::before", 1);
    after_ = rows("bellshard::bid_optimization::after", 1);
    table_ = rows("bellshard::bid_optimization::table", kept_.size());
    middle_ = rows("bellshard::bid_optimization::middle", kept_.all() ? 0 : 2);
  });
}

void ValueTable::advance() {
  dp::PriceStage const stage{before_.data() + margin_, after_.data() + margin_, chance_.data(), gain_.data(), chance_sum_.data(), gain_sum_.data(),
                             config_.discount, static_cast<std::int32_t>(config_.max_bid), own_.begin};
  Execution const space;
  sweep_with_margin(exchange_, Kokkos::View<double*>(before_), own_.size(), margin_, tile, [&](Block part) { dp::sweep_prices(space, stage, part); });
  space.fence();
  if (row() > 0) keep_row();  // row 0 is zero from the start; its margins came just now
  std::swap(before_, after_);
  ++row_[0];
  if (complete()) {
    exchange_.start(Kokkos::View<double*>(before_));
    exchange_.finish(Kokkos::View<double*>(before_));
    keep_row();
    for (std::int64_t i = std::max<std::int64_t>(0, kept_.size() - 3); i < kept_.size(); ++i) check_interval(i);
  }
  auto const cells = static_cast<double>(budgets_);
  work_ = {cells, 2 * sizeof(double) * cells, 0};
  if (axis_.parts() > 1) work_.bytes_received = sizeof(double) * sum_over_ranks(comm_, static_cast<double>(exchange_.items_received()));
}

void ValueTable::keep_row() {
  auto const i = kept_.index_of(row());
  if (i >= 0) Kokkos::deep_copy(row_of(table_, i), before_);
  if (kept_.all()) return;
  auto const behind = std::upper_bound(kept_.rows().begin(), kept_.rows().end(), row()) - kept_.rows().begin() - 1;
  if (kept_.middle_behind(behind) == row()) Kokkos::deep_copy(row_of(middle_, behind % 2), before_);
  if (i >= 2 && i + 1 < kept_.size()) check_interval(i - 2);  // its polynomial has all four rows now
}

/// The row in the middle behind kept row i, by interpolation and as it was.
void ValueTable::check_interval(std::int64_t i) {
  auto const middle = kept_.middle_behind(i);
  if (middle < 0) return;
  auto const shown = std::max<std::int64_t>(0, intersect(own_, {0, budgets_}).size());
  auto const found = dp::mix_error(Execution(), mixed(kept_.mix_for(middle)), row_of(middle_, i % 2).data() + margin_, shown);
  double worst[] = {found.value, found.difference};
  max_over_ranks(comm_, worst);
  value_error_[static_cast<std::size_t>(i)] = worst[0];
  difference_error_[static_cast<std::size_t>(i)] = worst[1];
}

dp::MixedRow ValueTable::mixed(KeptRows::Mix const& mix) const {
  dp::MixedRow row;
  row.rows = mix.count;
  for (int k = 0; k < mix.count; ++k) {
    row.row[k] = table_.data() + (mix.first + k) * stride() + margin_;
    row.weight[k] = mix.weight[k];
  }
  return row;
}

std::vector<std::int32_t> ValueTable::bids(std::int64_t n, std::vector<std::int64_t> const& budget, std::vector<double> const& click_rate) {
  std::vector<double> worth;
  for (auto const rate : click_rate) worth.push_back(worth_.click_worth * rate);
  Array<std::int32_t> const bid("bellshard::bid_optimization::bid", budget.size());
  dp::BidRule const rule{mixed(kept_.mix_for(n - 1)), config_.discount, worth_.price_weight, static_cast<std::int32_t>(config_.max_bid)};
  dp::find_bids(Execution(), rule, own_, to_device(budget, "bellshard::bid_optimization::budget"), to_device(worth, "bellshard::bid_optimization::worth"), bid);
  auto bids = to_host(bid);
  if (axis_.parts() > 1) BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, bids.data(), static_cast<int>(bids.size()), MPI_INT32_T, MPI_MAX, comm_));
  return bids;
}

/// Own budgets of such rows as [budget, row], as a checkpoint holds them.
io::ShardedArray ValueTable::sharded_rows(std::string const& name, Rows const& rows, std::int64_t count, std::string const& meaning) const {
  io::ShardedArray array{name, io::ElementType::float64, {axis_.size(), count}, own_, false, config_.value_unit(), meaning};
  auto const part = [this, rows](Block budgets, std::int64_t k) {
    return Kokkos::subview(row_of(rows, k), std::pair(margin_ + budgets.begin - own_.begin, margin_ + budgets.end - own_.begin));
  };
  array.fetch = [=](Block budgets, void* host) {
    std::vector<double> line(static_cast<std::size_t>(budgets.size()));
    for (std::int64_t k = 0; k < count; ++k) {
      Kokkos::deep_copy(HostPiece(line.data(), line.size()), part(budgets, k));
      for (std::int64_t b = 0; b < budgets.size(); ++b) static_cast<double*>(host)[b * count + k] = line[static_cast<std::size_t>(b)];
    }
  };
  array.store = [=](Block budgets, void const* host) {
    std::vector<double> line(static_cast<std::size_t>(budgets.size()));
    for (std::int64_t k = 0; k < count; ++k) {
      for (std::int64_t b = 0; b < budgets.size(); ++b) line[static_cast<std::size_t>(b)] = static_cast<double const*>(host)[b * count + k];
      Kokkos::deep_copy(part(budgets, k), HostPiece(line.data(), line.size()));
    }
  };
  return array;
}

std::vector<io::ShardedArray> ValueTable::arrays() {
  std::vector<io::ShardedArray> all{io::replicated_array("row", row_, "auctions left in the last row"), sharded_rows("last", before_, 1, "the last row"),
                                    sharded_rows("table", table_, kept_.size(), "rows that are kept")};
  if (kept_.all()) return all;
  all.push_back(sharded_rows("middle", middle_, 2, "rows that interpolation is to be checked against"));
  all.push_back(io::replicated_array("value_error", value_error_));
  all.push_back(io::replicated_array("difference_error", difference_error_));
  return all;
}

void ValueTable::restored() {
  auto const fill_margins = [&](Rows const& rows, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k) {
      exchange_.start(row_of(rows, k));
      exchange_.finish(row_of(rows, k));
    }
  };
  fill_margins(table_, kept_.size());
  fill_margins(middle_, kept_.all() ? 0 : 2);
}

io::ShardedArray ValueTable::result_rows(std::string const& name, std::string const& meaning) const {
  auto const shown = intersect(own_, {0, budgets_});
  io::ShardedArray array{name, io::ElementType::float64, {kept_.size(), budgets_}, {0, shown.empty() ? 0 : kept_.size()}, false, config_.value_unit(), meaning};
  array.columns = shown;
  return array;
}

io::ShardedArray ValueTable::values() const {
  auto array = result_rows("value", config_.for_profit() ? "expected profit of so many auctions with this budget" : "expected clicks of so many auctions with this budget");
  array.fetch = [this, size = static_cast<std::size_t>(array.columns->size())](Block rows, void* host) {
    for (auto k = rows.begin; k < rows.end; ++k) {
      auto* const line = static_cast<double*>(host) + static_cast<std::size_t>(k - rows.begin) * size;
      Kokkos::deep_copy(HostPiece(line, size), Kokkos::subview(row_of(table_, k), std::pair(static_cast<std::size_t>(margin_), static_cast<std::size_t>(margin_) + size)));
    }
  };
  return array;
}

io::ShardedArray ValueTable::differences() const {
  auto array = result_rows("difference", "what one more unit of budget is worth");
  array.fetch = [this, size = array.columns->size()](Block rows, void* host) {
    for (auto k = rows.begin; k < rows.end; ++k) {
      auto const value = to_host(table_, k * stride() + margin_, size + 1);
      auto* const line = static_cast<double*>(host) + (k - rows.begin) * size;
      for (std::int64_t b = 0; b < size; ++b) line[b] = value[static_cast<std::size_t>(b + 1)] - value[static_cast<std::size_t>(b)];
    }
  };
  return array;
}

double ValueTable::last_value() const {
  double value = -std::numeric_limits<double>::infinity();
  auto const b = budgets_ - 1;
  if (own_.contains(b)) value = to_host(before_, margin_ + b - own_.begin, 1).front();
  return max_over_ranks(comm_, value);
}

ValueTable::Size ValueTable::size(Config const& config, Campaign const& campaign, KeptRows const& kept, int ranks) {
  auto const row = sizeof(double) * static_cast<double>(config.max_bid + budget_axis(campaign.budget + 1, ranks).block(0).size() + 1);
  return {row * static_cast<double>(kept.size()), row * (kept.all() ? 2 : 4)};
}

}  // namespace bellshard::bid_optimization
