// The Bellman sweep of stored models against a STREAM-like triad, in turn, in one run.
//
//   mpirun -n 2 build/bin/sparse_sweep_against_triad [STATES]
//
// Models of 5 actions with 5 transitions each: next states within 2000 of the state (banded), or anywhere (random); with 1 to 9
// transitions (ragged); and with 100 that follow each other (runs).
// Prints, of each storage, medians of `repeats` rounds: seconds a sweep, transitions a second, and the bytes that the sweep must
// move (Operator::cost) a second as a share of the triad's (a = b + s c: two reads, one write).
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "src/dist/reduce.hpp"
#include "src/mdp/sparse_operator.hpp"
#include "src/runtime/context.hpp"
#include "src/runtime/large_array.hpp"
#include "src/runtime/session.hpp"

namespace {

using namespace bellshard;
constexpr int repeats = 7;
constexpr int few = 8, many = 1 << 20;  // distinct weights

/// SplitMix64: the same number for the same counter, on every rank.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

struct Shape {
  char const* name;
  std::int64_t states;
  std::int64_t actions;
  std::int64_t fewest;  ///< transitions of a pair
  std::int64_t most;
  std::int64_t reach;  ///< next states lie within this distance; 0: anywhere
  int weights;         ///< distinct weights that probabilities are made of
  bool contiguous;
};

mdp::Rows generate(Shape const& shape, Block own) {
  mdp::Rows rows;
  rows.own = own;
  rows.states = shape.states;
  std::vector<std::int64_t> next;
  for (auto s = own.begin; s < own.end; ++s) {
    auto const low = shape.reach > 0 ? std::max<std::int64_t>(0, s - shape.reach) : 0;
    auto const high = shape.reach > 0 ? std::min(shape.states, s + shape.reach) : shape.states;
    for (std::int64_t a = 0; a < shape.actions; ++a) {
      auto const key = static_cast<std::uint64_t>((s * shape.actions + a) * (shape.most + 2));
      auto const b = shape.fewest + static_cast<std::int64_t>(mixed(key + shape.most + 1) % (shape.most - shape.fewest + 1));
      next.resize(static_cast<std::size_t>(b));
      for (std::int64_t k = 0; k < b; ++k) {  // one in each of b equal parts: distinct and ascending
        auto const part = static_cast<std::uint64_t>((high - low) / b);
        next[k] = low + k * static_cast<std::int64_t>(part) + static_cast<std::int64_t>(mixed(key + k) % part);
      }
      if (shape.contiguous) {
        auto const first = std::min(low + static_cast<std::int64_t>(mixed(key) % (high - low)), shape.states - b);
        for (std::int64_t k = 0; k < b; ++k) next[k] = first + k;
      }
      double total = 0;
      auto const begin = rows.probability.size();
      for (std::int64_t k = 0; k < b; ++k) {
        double const w = 1.0 + static_cast<double>(mixed(key + k) % shape.weights);
        rows.probability.push_back(w);
        total += w;
      }
      if (shape.weights <= few) total = 8.0 * static_cast<double>(b);  // sums below 1 do for a sweep, and quotients stay few
      for (auto k = begin; k < rows.probability.size(); ++k) rows.probability[k] /= total;
      rows.next_state.insert(rows.next_state.end(), next.begin(), next.end());
      rows.transition_offset.push_back(rows.transitions());
      rows.reward.push_back(static_cast<double>(mixed(key + b) % 1000) / 1000);
    }
    rows.action_offset.push_back(rows.pairs());
  }
  return rows;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Seconds of the slowest rank a call, after one that brings its arrays into whatever caches there are.
template <class Work>
double timed(MPI_Comm comm, int calls, Work const& work) {
  work();
  Execution().fence();
  MPI_Barrier(comm);
  double const begin = MPI_Wtime();
  for (int i = 0; i < calls; ++i) work();
  Execution().fence();
  return max_over_ranks(comm, MPI_Wtime() - begin) / calls;
}

void triad(Array<double> const& a, Array<double const> const& b, Array<double const> const& c) {
  Kokkos::parallel_for(
      "bellshard::bench::triad", Kokkos::RangePolicy<Execution>(0, a.extent(0)),
      KOKKOS_LAMBDA(std::int64_t i) { a(i) = b(i) + 0.5 * c(i); });
}

void measure(Context const& context, Shape const& shape, mdp::StorageChoice choice) {
  MPI_Comm const comm = context.comm();
  auto const axis = Partition::equal(shape.states, context.ranks());
  auto const op = mdp::make_sparse_operator(comm, axis, generate(shape, axis.block(context.rank())), mdp::Objective::max, 0.95, choice);
  auto const items = static_cast<std::size_t>(op->local_items());
  auto values = large_array<Array<double>>("bellshard::bench::values", items);
  auto next = large_array<Array<double>>("bellshard::bench::next", items);
  Array<std::int32_t> const action("bellshard::bench::action", op->own().size());
  // As much memory as the sweep moves, so that caches help both alike.
  auto const elements = static_cast<std::size_t>(op->cost().bytes / 24);
  auto const a = large_array<Array<double>>("bellshard::bench::a", elements);
  auto const b = large_array<Array<double>>("bellshard::bench::b", elements);
  auto const c = large_array<Array<double>>("bellshard::bench::c", elements);

  auto const cost = op->cost();
  double const bytes = sum_over_ranks(comm, cost.bytes), transitions = sum_over_ranks(comm, cost.transitions);
  std::vector<double> share, plain, greedy, rate;
  for (int k = -1; k < repeats; ++k) {  // the first round warms up
    double const triad_rate = sum_over_ranks(comm, 24.0 * static_cast<double>(elements)) / timed(comm, 5, [&] { triad(a, b, c); });
    double const sweep = timed(comm, 3, [&] {
      op->backup(values, next);
      std::swap(values, next);
    });
    double const with_actions = timed(comm, 3, [&] {
      op->backup(values, next, action);
      std::swap(values, next);
    });
    if (k < 0) continue;
    rate.push_back(triad_rate);
    plain.push_back(sweep);
    greedy.push_back(with_actions);
    share.push_back(bytes / sweep / triad_rate);
  }
  if (!context.root()) return;
  std::printf("%-7s %-52s %6.2f %8.4f %8.4f %6.2f %6.2f %5.2f\n", shape.name, op->storage().c_str(), median(rate) / 1e9, median(plain),
              median(greedy), transitions / median(plain) / 1e9, bytes / median(plain) / 1e9, median(share));
}

}  // namespace

int main(int argc, char** argv) {
  Session session(argc, argv);
  Context const context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  std::int64_t const states = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  using enum mdp::StorageChoice;
  std::vector<std::pair<Shape, std::vector<mdp::StorageChoice>>> const plan{
      {{"banded", states, 5, 5, 5, 2000, many, false}, {indexed, near}},
      {{"banded", states, 5, 5, 5, 2000, few, false}, {indexed, indexed_table, near, near_table}},
      {{"ragged", states, 5, 1, 9, 2000, few, false}, {indexed, near_table}},
      {{"random", states, 5, 5, 5, 0, few, false}, {indexed, indexed_table}},
      {{"runs", states / 20, 5, 100, 100, 2000, many, true}, {indexed, near, runs}},
      {{"runs", states / 20, 5, 100, 100, 2000, few, true}, {indexed, runs, runs_table}}};
  if (context.root()) {
    std::printf("%d rank(s), %d thread(s) each\n%-60s  triad  seconds    and  10^9 transitions GB/s of the\n%-60s   GB/s  a sweep actions     a second      triad\n",
                context.ranks(), Execution().concurrency(), "model", "");
  }
  try {
    for (auto const& [shape, storages] : plan) {
      for (auto const storage : storages) measure(context, shape, storage);
    }
  } catch (Error const& error) {
    context.log().error(error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
