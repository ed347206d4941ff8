#pragma once
#include <cmath>
#include <cstring>
#include <functional>
#include <vector>

#include "src/dist/reduce.hpp"
#include "src/dist/window_exchange.hpp"
#include "src/drive/step.hpp"

namespace bellshard::test {

/// A small Step whose bits depend on everything that a restart must bring back: x <- (1 - d) x + d (left + right) / 2 over a
/// sharded vector with fixed ends, with a damping d that changes from sweep to sweep and is rebuilt from a replicated array.
class AveragingStep : public Step {
 public:
  static constexpr std::int64_t items = 23;

  /// `after_sweep` is called at the end of each sweep: where a test sends its signals.
  AveragingStep(MPI_Comm comm, Partition axis, double tolerance, std::function<void(std::int64_t)> after_sweep = {})
      : comm_(comm), axis_(std::move(axis)), tolerance_(tolerance), after_sweep_(std::move(after_sweep)), exchange_(comm, axis_, 1, 1, 1) {
    int rank = 0;
    MPI_Comm_rank(comm, &rank);
    own_ = axis_.block(rank);
    x_ = Kokkos::View<double*>("x", own_.size() + 2);
    next_ = Kokkos::View<double*>("next", own_.size() + 2);
    for (auto i = own_.begin; i < own_.end; ++i) x_(at(i)) = std::sin(static_cast<double>(i * i)) * 10;
    restored_count = 0;
    rebuild();
  }

  void advance(std::int64_t sweep) override {
    exchange_.start(x_);
    exchange_.finish(x_);
    double change = 0;
    for (auto i = own_.begin; i < own_.end; ++i) {
      bool const fixed = i == 0 || i == items - 1;
      next_(at(i)) = fixed ? x_(at(i)) : (1 - damping_) * x_(at(i)) + damping_ * 0.5 * (x_(at(i) - 1) + x_(at(i) + 1));
      change = std::max(change, std::abs(next_(at(i)) - x_(at(i))));
    }
    std::swap(x_, next_);
    residual_ = max_over_ranks(comm_, change);
    history_[0] += 1;
    history_[1] = residual_;
    rebuild();
    if (after_sweep_) after_sweep_(sweep);
  }
  double residual() const override { return residual_; }
  bool finished() const override { return residual_ <= tolerance_; }
  SweepWork work() const override { return {static_cast<double>(items), 16.0 * items, 8.0 * items}; }

  std::vector<io::ShardedArray> arrays() override {
    io::ShardedArray x{.name = "x", .type = io::ElementType::float64, .shape = {items}, .own = own_};
    x.fetch = [this](Block part, void* host) { std::memcpy(host, &x_(at(part.begin)), 8 * part.size()); };
    x.store = [this](Block part, void const* host) { std::memcpy(&x_(at(part.begin)), host, 8 * part.size()); };
    io::ShardedArray history{.name = "history", .type = io::ElementType::float64, .shape = {2}, .own = {0, 2}, .replicated = true};
    history.fetch = [this](Block part, void* host) { std::memcpy(host, history_ + part.begin, 8 * part.size()); };
    history.store = [this](Block part, void const* host) { std::memcpy(history_ + part.begin, host, 8 * part.size()); };
    return {x, history};
  }
  void restored() override {
    ++restored_count;
    rebuild();
  }

  /// The whole vector, on every rank.
  std::vector<double> values() const {
    std::vector<double> all(items, 0);
    for (auto i = own_.begin; i < own_.end; ++i) all[i] = x_(at(i));
    MPI_Allreduce(MPI_IN_PLACE, all.data(), items, MPI_DOUBLE, MPI_SUM, comm_);
    return all;
  }

  int restored_count = 0;

 private:
  std::int64_t at(std::int64_t item) const { return item - own_.begin + 1; }
  void rebuild() { damping_ = 0.9 - 0.3 / (1 + history_[0]) - 0.01 * std::exp(-history_[1]); }

  MPI_Comm comm_;
  Partition axis_;
  double tolerance_;
  std::function<void(std::int64_t)> after_sweep_;
  WindowExchange exchange_;
  Block own_;
  Kokkos::View<double*> x_;
  Kokkos::View<double*> next_;
  double history_[2] = {0, 1};  // sweeps, last change
  double damping_ = 0;          // follows from the history
  double residual_ = INFINITY;
};

}  // namespace bellshard::test
