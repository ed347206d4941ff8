#include "src/allocation/knapsack.hpp"

#include <algorithm>
#include <limits>

#include "kernels/dp/knapsack.hpp"
#include "kernels/host_copy.hpp"
#include "src/allocation/device_copy.hpp"
#include "src/base/error.hpp"
#include "src/dist/margin_sweep.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"

namespace bellshard::allocation {
namespace {

constexpr std::int64_t most_narrow = 256;  // candidates that a byte can number

/// Cells below the own block that any stage reads. Where they lie below cell 0, they hold infinity.
std::int64_t margin_of(Problem const& problem) { return std::min(problem.stages.back().reach, problem.cells - 1); }

template <class T>
class SweptKnapsack final : public Knapsack {
 public:
  SweptKnapsack(Context& context, Problem const& problem, std::vector<std::int64_t> const& asked, TablePlace place, std::filesystem::path const& result)
      : comm_(context.comm()),
        problem_(problem),
        axis_(Partition::equal(problem.cells, context.ranks())),
        rank_(context.rank()),
        own_(axis_.block(rank_)),
        margin_(margin_of(problem)),
        shapes_(shapes(problem)),
        tables_(context, axis_, shapes_, place, result),
        asked_(asked),
        cell_(asked),
        chosen_(problem.stages.size() * asked.size(), 0) {
    together(comm_, [&] {
      auto const places = static_cast<std::size_t>(margin_ + own_.size());
      before_ = large_array<Array<T>>("bellshard::allocation::before", places);
      after_ = large_array<Array<T>>("bellshard::allocation::after", places);
    });
    for (auto const& row : {before_, after_}) dp::fill_places(Execution(), row, {0, margin_}, std::numeric_limits<T>::infinity());
  }

  void advance(std::int64_t sweep) override {
    auto const s = sweep - 1;
    work_ = {};
    if (s < stages()) {
      sweep_stage(static_cast<std::size_t>(s));
    } else {
      walk_back(static_cast<std::size_t>(2 * stages() - 1 - s));
    }
    swept_[0] = sweep;
  }
  double residual() const override { return static_cast<double>(2 * stages() - swept_[0]); }
  bool finished() const override { return swept_[0] == 2 * stages(); }
  double share_done() const override { return static_cast<double>(std::min(swept_[0], stages())) / static_cast<double>(stages()); }
  SweepWork work() const override { return work_; }

  std::vector<io::ShardedArray> arrays() override {
    auto all = tables_.arrays();
    all.push_back(values());
    auto const replicated = [&](std::string const& name, auto& host, std::int64_t items, std::string const& meaning) {
      using Element = typename std::decay_t<decltype(host)>::value_type;
      auto shape = std::vector{items};
      if (static_cast<std::int64_t>(host.size()) > items) shape.push_back(static_cast<std::int64_t>(host.size()) / items);
      io::ShardedArray array{name, io::element_type<Element>(), shape, {0, items}, true, "1", meaning};
      link_host(array, host);
      all.push_back(std::move(array));
    };
    replicated("swept", swept_, 1, "sweeps that are done");
    replicated("cell", cell_, static_cast<std::int64_t>(cell_.size()), "what is left of the cells asked for");
    replicated("chosen", chosen_, stages(), "candidates of the stages walked back so far");
    return all;
  }
  void restored() override { tables_.check(static_cast<std::size_t>(std::min(swept_[0], stages()))); }

  std::vector<double> optimum() const override {
    std::vector<double> all(asked_.size(), -std::numeric_limits<double>::infinity());
    std::vector<std::int64_t> places;
    std::vector<std::size_t> mine;
    for (std::size_t q = 0; q < asked_.size(); ++q) {
      if (!own_.contains(asked_[q])) continue;
      places.push_back(margin_ + asked_[q] - own_.begin);
      mine.push_back(q);
    }
    Array<double> picked("bellshard::allocation::picked", places.size());
    dp::pick_places(Execution(), before_.data(), to_device(places, "bellshard::allocation::place"), picked);
    auto const values = to_host(picked);
    for (std::size_t i = 0; i < mine.size(); ++i) all[mine[i]] = values[i];
    max_over_ranks(comm_, all);
    return all;
  }
  Candidates const& chosen() const override { return chosen_; }

  io::ShardedArray frontier() const override {
    io::ShardedArray array{"frontier", io::ElementType::float64, {problem_.cells}, own_};
    array.fetch = [this](Block items, void* host) {
      auto const first = margin_ + items.begin - own_.begin;
      auto const values = to_host(before_, first, items.size());
      for (std::size_t i = 0; i < values.size(); ++i) static_cast<double*>(host)[i] = problem_.as_asked(static_cast<double>(values[i]));
    };
    return array;
  }
  void remove_files() const override { tables_.remove(); }

 private:
  std::int64_t stages() const { return static_cast<std::int64_t>(problem_.stages.size()); }

  io::ShardedArray values() const {
    io::ShardedArray array{"value", io::element_type<T>(), {problem_.cells}, own_, false, "1", "least loss of the stages so far"};
    link_device(array, Array<char>(reinterpret_cast<char*>(before_.data() + margin_), static_cast<std::size_t>(own_.size()) * sizeof(T)), sizeof(T));
    return array;
  }

  void sweep_stage(std::size_t s) {
    if (shapes_[s].bytes == 1) {
      sweep_stage_as<std::uint8_t>(s);
    } else {
      sweep_stage_as<std::uint16_t>(s);
    }
    tables_.keep(s);
    if (s + 1 < shapes_.size()) fill_beyond(shapes_[s].cells, shapes_[s + 1].cells);
    std::swap(before_, after_);
    auto const cells = static_cast<double>(shapes_[s].cells);
    work_.updates = cells * static_cast<double>(problem_.stages[s].cost.size());
    work_.bytes = cells * static_cast<double>(2 * static_cast<std::int64_t>(sizeof(T)) + shapes_[s].bytes);
  }

  /// Cells from the stage's reach on need no margin: they are swept while it travels.
  template <class Number>
  void sweep_stage_as(std::size_t s) {
    auto const& stage = problem_.stages[s];
    auto const cost = to_device(stage.cost, "bellshard::allocation::cost");
    auto const loss = to_device(std::vector<T>(stage.loss.begin(), stage.loss.end()), "bellshard::allocation::loss");
    dp::KnapsackStage<T, Number> const kernel{before_.data() + margin_, after_.data() + margin_, reinterpret_cast<Number*>(tables_.room(s).data()),
                                              cost.data(), loss.data(), static_cast<std::int32_t>(stage.cost.size())};
    auto const order = dp::visiting_order(stage.cost, sizeof(T));
    auto const cells = tables_.own(s).size();
    auto const margin = std::min(stage.reach, margin_);
    Execution const space;
    if (axis_.parts() == 1 || margin == 0) {
      dp::sweep_stage(space, kernel, {0, cells}, order);
      space.fence();
      return;
    }
    std::vector<std::int64_t> sizes;
    for (int rank = 0; rank < axis_.parts(); ++rank) sizes.push_back(intersect(axis_.block(rank), {0, shapes_[s].cells}).size());
    WindowExchange exchange(comm_, Partition::of_sizes(sizes), margin, 0, 1);
    Kokkos::View<T*> const window = Kokkos::subview(before_, std::pair(margin_ - margin, margin_ + cells));
    sweep_with_margin(exchange, window, cells, margin, 1, [&](Block part) { dp::sweep_stage(space, kernel, part, order); });
    space.fence();
    work_.bytes_received = sum_over_ranks(comm_, static_cast<double>(exchange.items_received()) * sizeof(T));
  }

  /// The cells behind the reach of the stages so far that the next stage reads: worth what the last one within reach is.
  void fill_beyond(std::int64_t reached, std::int64_t next) {
    double last = -std::numeric_limits<double>::infinity();
    if (own_.contains(reached - 1)) {
      auto const place = margin_ + reached - 1 - own_.begin;
      last = static_cast<double>(to_host(after_, place, 1).front());
    }
    last = max_over_ranks(comm_, last);
    auto const beyond = intersect(own_, {reached, next});
    dp::fill_places(Execution(), after_, {margin_ + beyond.begin - own_.begin, margin_ + beyond.end - own_.begin}, static_cast<T>(last));
    Execution().fence();
  }

  /// Each cell's owner says what it took; all go on to the cell below.
  void walk_back(std::size_t s) {
    auto const& stage = problem_.stages[s];
    std::vector<std::int64_t> cells;
    std::vector<std::size_t> mine;
    for (std::size_t q = 0; q < cell_.size(); ++q) {
      auto const cell = std::min(cell_[q], shapes_[s].cells - 1);
      if (!own_.contains(cell)) continue;
      cells.push_back(cell);
      mine.push_back(q);
    }
    std::vector<std::int32_t> found;
    together(comm_, [&] { found = tables_.look_up(s, cells); });
    std::vector<double> taken(cell_.size(), 0);
    for (std::size_t i = 0; i < mine.size(); ++i) taken[mine[i]] = found[i];
    sum_over_ranks(comm_, taken);
    for (std::size_t q = 0; q < cell_.size(); ++q) {
      auto const k = static_cast<std::int32_t>(taken[q]);
      chosen_[s * cell_.size() + q] = k;
      cell_[q] -= stage.cost[static_cast<std::size_t>(k)];
    }
    work_.updates = static_cast<double>(cell_.size());
  }

  MPI_Comm comm_;
  Problem const& problem_;
  Partition axis_;
  int rank_;
  Block own_;
  std::int64_t margin_;
  std::vector<TableShape> shapes_;
  ChoiceTables tables_;
  std::vector<std::int64_t> asked_;
  Array<T> before_, after_;              ///< [margin + own cell]
  std::vector<std::int64_t> swept_{0};   ///< sweeps done
  std::vector<std::int64_t> cell_;       ///< [asked]
  Candidates chosen_;                    ///< [stage, asked]
  SweepWork work_;
};

}  // namespace

std::unique_ptr<Knapsack> Knapsack::make(Context& context, Problem const& problem, std::vector<std::int64_t> const& asked, Precision precision, TablePlace place,
                                         std::filesystem::path const& result) {
  if (precision == Precision::float32) return std::make_unique<SweptKnapsack<float>>(context, problem, asked, place, result);
  return std::make_unique<SweptKnapsack<double>>(context, problem, asked, place, result);
}

std::vector<TableShape> Knapsack::shapes(Problem const& problem) {
  std::vector<TableShape> all;
  std::int64_t reached = 0;
  for (auto const& stage : problem.stages) {
    reached += stage.reach;
    all.push_back({std::min(problem.cells, reached + 1), static_cast<std::int64_t>(stage.cost.size()) <= most_narrow ? 1 : 2});
  }
  return all;
}

double Knapsack::row_bytes(Problem const& problem, Precision precision, int ranks) {
  auto const own = Partition::equal(problem.cells, ranks).block(0).size();
  return 2.0 * static_cast<double>(margin_of(problem) + own) * (precision == Precision::float32 ? 4 : 8);
}

}  // namespace bellshard::allocation
