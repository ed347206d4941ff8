#include "jobs/gp_fishery/transitions.hpp"

#include <algorithm>
#include <cmath>

#include "src/dist/gather.hpp"

namespace bellshard::gp_fishery {
namespace {

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

dp::PointGrid point_grid(Config const& config) {
  auto point = config.grid();
  std::vector<double> logs{0};
  for (std::size_t i = 1; i < point.size(); ++i) logs.push_back(std::log(point[i]));
  point.resize(index(packs_of(config.points) * pack_width), 0);
  logs.resize(point.size(), 0);
  return {config.points, config.grid_step(), to_device(point, "bellshard::gp_fishery::point"), to_device(logs, "bellshard::gp_fishery::log_point")};
}

/// The best harvest of each own stock.
struct BestHarvest {
  RowKind kind;
  Criterion criterion;
  double discount;
  std::int64_t first_stock, first_row, points;
  Array<double const> point, expected;  // expected next value [row - first_row]
  Array<double> value;
  Array<std::int32_t> harvest;

  KOKKOS_FUNCTION void operator()(std::int64_t own) const {
    auto const stock = first_stock + own;
    auto const row = gp_fishery::first_row(kind, stock, points) - first_row;
    auto const last = kind == RowKind::by_stock_and_harvest ? points - 1 : stock;  // more than there is is the same as all, and comes later
    double best = 0;
    std::int32_t best_harvest = -1;
    for (std::int64_t h = 0; h <= last; ++h) {
      double const later = expected(static_cast<std::size_t>(row + (kind == RowKind::by_stock_and_harvest ? h : stock - h)));
      double const profit = point(static_cast<std::size_t>(h < stock ? h : stock));
      double const sum = criterion == Criterion::published ? later + (1 - discount) * profit : (1 - discount) * later + profit;
      if (best_harvest < 0 || sum > best) {
        best = sum;
        best_harvest = static_cast<std::int32_t>(h);
      }
    }
    value(static_cast<std::size_t>(own)) = best;
    harvest(static_cast<std::size_t>(own)) = best_harvest;
  }
};

}  // namespace

Predictions predict(Context& context, Config const& config, Series const& series, Draws const& draws) {
  auto const own = Partition::equal(draws.size(), context.ranks()).block(context.rank());
  auto const packs = packs_of(own.size()), points = config.points;
  Predictions all;
  PackedTable const sample("bellshard::gp_fishery::sample", index(packs), 2), mean("bellshard::gp_fishery::mean", index(packs), index(points)), variance("bellshard::gp_fishery::variance", index(packs), index(points));
  auto const host = Kokkos::create_mirror_view(sample);
  for (std::int64_t lane = 0; lane < packs * pack_width; ++lane) {
    auto const draw = std::min(own.begin + lane, own.end - 1);
    for (std::int64_t p = 0; p < 2; ++p) host(index(lane / pack_width), index(p), index(lane % pack_width)) = draws.value[index(draw * 2 + p)];
  }
  Kokkos::deep_copy(sample, host);
  regression::predict(Execution(), regression::observations(series.x, series.y), sample, to_device(config.grid(), "bellshard::gp_fishery::point"), mean, variance);
  auto const numbers = [&](PackedTable const& table) {
    auto const mirror = Kokkos::create_mirror_view_and_copy(Kokkos::HostSpace(), table);
    std::vector<double> list;
    for (std::int64_t d = 0; d < own.size(); ++d) {
      for (std::int64_t g = 0; g < points; ++g) list.push_back(mirror(index(d / pack_width), index(g), index(d % pack_width)));
    }
    return gather_from_ranks(context.comm(), list);
  };
  all.mean = numbers(mean);
  all.variance = numbers(variance);
  all.noise = draws.of_parameter(1);
  return all;
}

Partition Transitions::stocks_over(RowKind kind, std::int64_t points, int ranks) {
  if (kind != RowKind::by_stock_and_escapement) return Partition::equal(points, ranks);
  std::vector<std::int64_t> weight(index(points));
  for (std::size_t i = 0; i < weight.size(); ++i) weight[i] = static_cast<std::int64_t>(i) + 1;
  return Partition::weighted(weight, ranks);
}

Block Transitions::rows_of(Block stocks) const {
  if (kind_ == RowKind::by_escapement) return stocks;
  return {first_row(kind_, stocks.begin, grid_.points), first_row(kind_, stocks.end, grid_.points)};
}

Transitions::Transitions(Context& context, Config const& config, RowKind kind)
    : comm_(context.comm()),
      ranks_(context.ranks()),
      kind_(kind),
      criterion_(config.criterion),
      discount_(config.discount),
      stocks_(stocks_over(kind, config.points, context.ranks()).block(context.rank())),
      grid_(point_grid(config)) {
  auto const rows = index(rows_of(stocks_).size());
  together(comm_, [&] { rows_ = dp::ProbabilityRows(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::gp_fishery::rows"), rows, index(grid_.padded())); });
  value_ = Array<double>("bellshard::gp_fishery::value", index(grid_.padded()));
  expected_ = Array<double>("bellshard::gp_fishery::expected", kind == RowKind::by_escapement ? index(config.points) : rows);
  best_value_ = Array<double>("bellshard::gp_fishery::best_value", index(stocks_.size()));
  best_harvest_ = Array<std::int32_t>("bellshard::gp_fishery::best_harvest", index(stocks_.size()));
}

template <dp::Density density, class Centres>
void Transitions::fill(Centres const& centres, int draws) {
  dp::fill_grid_rows<density>(Execution(), grid_, centres, draws, rows_of(stocks_), rows_);
}

Transitions Transitions::of_process(Context& context, Config const& config, Predictions const& predictions) {
  auto const mean = to_device(predictions.mean, "bellshard::gp_fishery::mean"), variance = to_device(predictions.variance, "bellshard::gp_fishery::variance"), noise = to_device(predictions.noise, "bellshard::gp_fishery::noise");
  Transitions transitions(context, config, kind_of(config, Model::gaussian_process));
  auto const draws = static_cast<int>(predictions.noise.size());
  if (config.form == Form::published) transitions.fill<dp::Density::normal>(ProcessCentres<Form::published>{config.points, mean, variance, noise}, draws);
  else transitions.fill<dp::Density::normal>(ProcessCentres<Form::corrected>{config.points, mean, variance, noise}, draws);
  return transitions;
}

Transitions Transitions::of_growth(Context& context, Config const& config, Growth growth, std::vector<double> const& parameters) {
  auto const draw = to_device(parameters, "bellshard::gp_fishery::draw");
  auto const draws = static_cast<int>(parameters.size()) / parameters_of(growth);
  Transitions transitions(context, config, growth == Growth::myers ? RowKind::by_stock_and_harvest : RowKind::by_escapement);
  switch (growth) {
    case Growth::allen: transitions.fill<dp::Density::log_normal>(GrowthCentres<Growth::allen>{config.points, config.grid_step(), draw}, draws); break;
    case Growth::ricker: transitions.fill<dp::Density::log_normal>(GrowthCentres<Growth::ricker>{config.points, config.grid_step(), draw}, draws); break;
    case Growth::myers: transitions.fill<dp::Density::log_normal>(GrowthCentres<Growth::myers>{config.points, config.grid_step(), draw}, draws); break;
  }
  return transitions;
}

void Transitions::sweep(std::vector<double>& value, std::vector<std::int32_t>& harvest) {
  copy_to_device(value, value_, 0);
  dp::expect(Execution(), rows_, value_, expected_);
  if (kind_ == RowKind::by_escapement) copy_to_device(gather_from_ranks(comm_, to_host(expected_, 0, stocks_.size())), expected_, 0);
  Kokkos::parallel_for("bellshard::gp_fishery::best_harvest", Kokkos::RangePolicy<Execution, Kokkos::IndexType<std::int64_t>>(0, stocks_.size()),
                       BestHarvest{kind_, criterion_, discount_, stocks_.begin, kind_ == RowKind::by_escapement ? 0 : rows_of(stocks_).begin, grid_.points, grid_.point, expected_, best_value_, best_harvest_});
  auto numbers = to_host(best_value_);
  for (auto const h : to_host(best_harvest_)) numbers.push_back(static_cast<double>(h));
  auto const all = gather_from_ranks(comm_, numbers);
  // Of each rank: values, then harvests.
  auto const stocks = stocks_over(kind_, grid_.points, ranks_);
  for (int r = 0; r < ranks_; ++r) {
    auto const block = stocks.block(r);
    for (auto i = block.begin; i < block.end; ++i) {
      value[index(i)] = all[index(block.begin + i)];
      harvest[index(i)] = static_cast<std::int32_t>(all[index(block.end + i)]);
    }
  }
}

RowKind Transitions::kind_of(Config const& config, Model model) {
  if (model == Model::gaussian_process) return config.form == Form::published ? RowKind::by_stock_and_escapement : RowKind::by_escapement;
  return model == Model::myers ? RowKind::by_stock_and_harvest : RowKind::by_escapement;
}

double Transitions::bytes(Config const& config, Model model, int ranks) {
  auto const kind = kind_of(config, model);
  auto const stocks = stocks_over(kind, config.points, ranks);
  std::int64_t most = 0;
  for (int r = 0; r < ranks; ++r) {
    auto const block = stocks.block(r);
    most = std::max(most, kind == RowKind::by_escapement ? block.size() : first_row(kind, block.end, config.points) - first_row(kind, block.begin, config.points));
  }
  return sizeof(double) * static_cast<double>((most + std::min(most, dp::grid_rows_at_once)) * packs_of(config.points) * pack_width);
}

}  // namespace bellshard::gp_fishery
