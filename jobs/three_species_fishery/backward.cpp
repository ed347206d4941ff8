#include "jobs/three_species_fishery/backward.hpp"

#include <algorithm>
#include <limits>

#include "jobs/three_species_fishery/between_nodes.hpp"
#include "kernels/dp/prefix_maximum.hpp"
#include "src/dist/reduce.hpp"
#include "src/dist/window_exchange.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::three_species_fishery {
namespace {

/// A part of a flat device array as files see it: item k of axis 0 begins at first + (k - own.begin) * width.
template <class View>
io::ShardedArray planes_of(std::string name, View const& all, std::int64_t first, std::vector<std::int64_t> shape, Block own, std::string long_name) {
  using T = typename View::value_type;
  io::ShardedArray array{std::move(name), io::element_type<T>(), std::move(shape), own, false, "1", std::move(long_name)};
  auto const width = io::item_elements(array);
  using Host = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  auto const part = [=](Block items) {
    auto const begin = first + (items.begin - own.begin) * width;
    return Kokkos::subview(all, std::pair(begin, begin + items.size() * width));
  };
  array.fetch = [=](Block items, void* host) { Kokkos::deep_copy(Host(static_cast<T*>(host), static_cast<std::size_t>(items.size() * width)), part(items)); };
  array.store = [=](Block items, void const* host) {
    Kokkos::deep_copy(part(items), Host(static_cast<T*>(const_cast<void*>(host)), static_cast<std::size_t>(items.size() * width)));
  };
  return array;
}

/// T: how values are kept.
template <class T>
class Induction : public Backward {
 public:
  Induction(Context& context, Config const& config, Grid const& grid)
      : comm_(context.comm()),
        grid_(grid),
        fishery_(config),
        planes_(Partition::equal(grid.size(2), context.ranks())),
        low_(context.ranks() > 1 ? grid.margin_low() : 0),
        window_(context.comm(), planes_, low_, context.ranks() > 1 ? grid.margin_high() : 0, grid.plane()) {
    together(comm_, [&] {
      auto const own = planes_.block(context.rank());
      auto const high = context.ranks() > 1 ? grid.margin_high() : 0;
      auto const items = static_cast<std::size_t>(own.size() * grid.plane());
      decisions_.own = own;
      decisions_.stage = kept_stages(config.horizon, config.policy_every, config.policy_last);
      values_ = large_array<Kokkos::View<T*>>("bellshard::three_species_fishery::values", static_cast<std::size_t>((low_ + own.size() + high) * grid.plane()));
      gain_ = large_array<Array<double>>("bellshard::three_species_fishery::gain", items);
      choice_ = large_array<Array<std::int32_t>>("bellshard::three_species_fishery::choice", items);
      decisions_.choice = large_array<Array<std::int32_t>>("bellshard::three_species_fishery::decisions", items * decisions_.stage.size());
    });
    find_interior();
    received_ = sum_over_ranks(comm_, static_cast<double>(window_.items_received() * grid.plane()) * sizeof(T));
  }

  void advance(std::int64_t) override {
    auto const t = fishery_.horizon - ++stages_;
    auto const own = decisions_.own;
    window_.start(values_);
    expect(t, interior_);
    window_.finish(values_);
    expect(t, {own.begin, interior_.begin});
    expect(t, {interior_.end, own.end});
    auto const nx = grid_.size(0), ny = grid_.size(1);
    Execution const space;
    dp::prefix_maximum(space, own.size() * ny, nx, 1, gain_.data(), choice_.data());
    if (fishery_.harvested == 2) dp::prefix_maximum(space, own.size(), ny, nx, gain_.data(), choice_.data());
    take_values();
    auto const& stage = decisions_.stage;
    if (std::binary_search(stage.begin(), stage.end(), static_cast<std::int64_t>(t))) keep_decisions(decisions_.slot_of(t));
    space.fence();
  }

  double residual() const override { return fishery_.horizon - static_cast<double>(stages_); }
  bool finished() const override { return stages_ == fishery_.horizon; }
  double share_done() const override { return static_cast<double>(stages_) / fishery_.horizon; }
  SweepWork work() const override {
    // Each value read and written once, the gain and the choice written, run over and read again.
    double const passes = fishery_.harvested;
    return {grid_.states(), grid_.states() * (2 * sizeof(T) + 2 * 12.0 + passes * 24.0), received_};
  }

  std::vector<io::ShardedArray> arrays() override {
    auto choice = planes_of("choice", decisions_.choice, 0, {grid_.size(2), decisions_.slots(), grid_.size(1), grid_.size(0)}, decisions_.own, "what to leave, as a node");
    io::ShardedArray done{"stages", io::ElementType::int64, {1}, {0, 1}, true};
    done.fetch = [this](Block, void* host) { *static_cast<std::int64_t*>(host) = stages_; };
    done.store = [this](Block, void const* host) { stages_ = *static_cast<std::int64_t const*>(host); };
    return {value(), choice, done};
  }

  Decisions const& decisions() const override { return decisions_; }
  io::ShardedArray value() const override {
    return planes_of("value", values_, low_ * grid_.plane(), {grid_.size(2), grid_.size(1), grid_.size(0)}, decisions_.own, "most expected reward from stage 0 on");
  }
  double value_at(double x, double y, double z) const override {
    auto const values = values_;
    auto const axis_x = grid_.axis(0), axis_y = grid_.axis(1), axis_z = grid_.axis(2);
    auto const nx = grid_.size(0), ny = grid_.size(1), first = low_ * grid_.plane();
    auto const own = decisions_.own;
    double part = 0;
    Kokkos::parallel_reduce(
        "bellshard::three_species_fishery::value_at", Kokkos::RangePolicy<Execution>(0, 1),
        KOKKOS_LAMBDA(std::int64_t, double& sum) {
          auto const field = [&](std::int64_t k, std::int64_t j, std::int64_t i) { return static_cast<double>(values(first + (k * ny + j) * nx + i)); };
          sum += between_nodes(axis_x, axis_y, axis_z, own, x, y, z, field);
        },
        part);
    return sum_over_ranks(comm_, part);
  }

  // Public, because a device lambda may not stand in a private member.
  void take_values() const {
    auto const values = values_;
    auto const gain = gain_;
    auto const axis_x = grid_.axis(0), axis_y = grid_.axis(1);
    auto const nx = grid_.size(0), ny = grid_.size(1), first = low_ * grid_.plane();
    double const with_y = fishery_.harvested == 2;
    Kokkos::parallel_for(
        "bellshard::three_species_fishery::take_values", Kokkos::RangePolicy<Execution>(0, decisions_.own.size() * grid_.plane()), KOKKOS_LAMBDA(std::int64_t at) {
          double const there = axis_x.node[at % nx] + with_y * axis_y.node[at / nx % ny];
          values(first + at) = static_cast<T>(there + gain(at));
        });
  }
  void keep_decisions(std::int64_t slot) const {
    auto const kept = decisions_.choice;
    auto const choice = choice_;
    auto const plane = grid_.plane(), slots = decisions_.slots();
    Kokkos::parallel_for(
        "bellshard::three_species_fishery::keep_decisions", Kokkos::RangePolicy<Execution>(0, decisions_.own.size() * plane),
        KOKKOS_LAMBDA(std::int64_t at) { kept((at / plane * slots + slot) * plane + at % plane) = choice(at); });
  }

 private:
  /// Own planes whose steps stay within own planes: a run of them.
  void find_interior() {
    auto const own = decisions_.own;
    auto const inside = [&](std::int64_t k) { return grid_.reach(k).begin >= own.begin && grid_.reach(k).end <= own.end; };
    interior_ = {own.begin, own.begin};
    while (interior_.begin < own.end && !inside(interior_.begin)) ++interior_.begin;
    interior_.end = interior_.begin;
    while (interior_.end < own.end && inside(interior_.end)) ++interior_.end;
  }

  void expect(std::int64_t t, Block planes) const {
    bool const alone = fishery_.species == 1;
    constexpr double nowhere = -std::numeric_limits<double>::infinity();
    double const floor_of_others = alone ? nowhere : fishery_.threshold;
    auto const own = decisions_.own;
    dp::GridExpectation<T, quadrature_points> const expectation{values_.data() + (low_ - own.begin) * grid_.plane(),
                                                                {grid_.axis(0), grid_.axis(1), grid_.axis(2)},
                                                                {fishery_.threshold, floor_of_others, floor_of_others},
                                                                -fishery_.penalty_at(t),
                                                                quadrature_};
    auto const offset = (planes.begin - own.begin) * grid_.plane();
    dp::expect_on_planes(Execution(), expectation, fishery_.at(t), planes, {1, fishery_.harvested == 2 ? 1.0 : 0.0}, gain_.data() + offset, choice_.data() + offset);
  }

  MPI_Comm comm_;
  Grid const& grid_;
  Fishery fishery_;
  Partition planes_;
  std::int64_t low_;       ///< planes of the margin before the own ones
  WindowExchange window_;
  dp::Quadrature<quadrature_points> quadrature_ = dp::gauss_hermite<quadrature_points>();
  Block interior_;
  Decisions decisions_;
  Kokkos::View<T*> values_;             ///< [margin + own + margin, y, x] of the stage swept last
  Array<double> gain_;          ///< [own, y, x] W - x' - y', then its maxima
  Array<std::int32_t> choice_;  ///< [own, y, x]
  std::int64_t stages_ = 0;
  double received_ = 0;
};

}  // namespace

std::vector<std::int64_t> kept_stages(std::int64_t horizon, std::int64_t every, std::int64_t last) {
  std::vector<std::int64_t> stages;
  for (std::int64_t t = 0; t < horizon; ++t) {
    if (t % every == 0 || t >= horizon - last) stages.push_back(t);
  }
  return stages;
}

std::int64_t Decisions::slot_of(std::int64_t t) const {
  auto const next = std::lower_bound(stage.begin(), stage.end(), t);
  return next - stage.begin();
}

std::unique_ptr<Backward> Backward::make(Context& context, Config const& config, Grid const& grid) {
  if (config.precision == Precision::float32) return std::make_unique<Induction<float>>(context, config, grid);
  return std::make_unique<Induction<double>>(context, config, grid);
}

}  // namespace bellshard::three_species_fishery
