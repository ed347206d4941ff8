// One stage of the multiple-choice knapsack against additions and minima that never leave the registers, in turn, in one run.
//
//   mpirun -n 2 build/bin/knapsack_against_registers [CELLS [REACH [CANDIDATES]]]
//
// Each rank sweeps its own cells (no exchange). Prints medians of `repeats` rounds, each a sweep and then the registers, in add-mins (cell and candidate) a second of a rank,
// and of their ratio. The candidates' costs are
// those of amounts pruned in equal parts, their losses fall with the cost, the values below are those of earlier stages.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "kernels/dp/knapsack.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/context.hpp"
#include "src/runtime/large_array.hpp"
#include "src/runtime/session.hpp"

namespace {

using namespace bellshard;
constexpr int repeats = 25;

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size()))];
}

#ifdef BELLSHARD_VECTORS
/// Enough vectors to hide the latency of a minimum.
template <class T>
double register_rate(MPI_Comm comm, std::vector<T> const& loss) {
  using Values = Vector<T>;
  constexpr int count = 8;
  constexpr int rounds = 10'000;
  Values value[count], least[count];
  for (int j = 0; j < count; ++j) {
    value[j] = Values{} + static_cast<T>(j);
    least[j] = Values{} + static_cast<T>(1e30);
  }
  MPI_Barrier(comm);
  double const begin = MPI_Wtime();
  for (int round = 0; round < rounds; ++round) {
    for (auto const each : loss) {
      for (int j = 0; j < count; ++j) {
        auto const sum = value[j] + each;
        least[j] = sum < least[j] ? sum : least[j];
        asm volatile("" : "+x"(least[j]));  // or the compiler would see that the rounds are alike
      }
    }
  }
  double const seconds = max_over_ranks(comm, MPI_Wtime() - begin);
  return static_cast<double>(rounds) * static_cast<double>(loss.size()) * count * lanes_of<Values> / seconds;
}
#endif

template <class T>
void measure(Context& context, char const* type, std::int64_t cells, std::int64_t reach, std::int64_t candidates) {
  auto before = large_array<Array<T>>("bellshard::bench::before", static_cast<std::size_t>(reach + cells));
  auto const after = large_array<Array<T>>("bellshard::bench::after", static_cast<std::size_t>(cells));
  auto const choice = large_array<Array<std::uint16_t>>("bellshard::bench::choice", static_cast<std::size_t>(cells));
  Array<std::int64_t> cost("bellshard::bench::cost", static_cast<std::size_t>(candidates));
  Array<T> loss("bellshard::bench::loss", static_cast<std::size_t>(candidates));
  auto const all = static_cast<double>(reach + cells);
  Kokkos::parallel_for(
      "bellshard::bench::values", Kokkos::RangePolicy<Execution>(0, reach + cells),
      KOKKOS_LAMBDA(std::int64_t c) { before(c) = static_cast<T>(10 * exp(-5.0 * static_cast<double>(c) / all)); });
  auto const host_cost = Kokkos::create_mirror_view(cost);
  auto const host_loss = Kokkos::create_mirror_view(loss);
  for (std::int64_t k = 0; k < candidates; ++k) {
    double const left = 1 - static_cast<double>(k) / static_cast<double>(std::max<std::int64_t>(1, candidates - 1));
    host_cost(k) = static_cast<std::int64_t>(left * static_cast<double>(reach));
    host_loss(k) = static_cast<T>(3 * (1 - left) * (1 - left));
  }
  Kokkos::deep_copy(cost, host_cost);
  Kokkos::deep_copy(loss, host_loss);
  dp::KnapsackStage<T, std::uint16_t> const stage{before.data() + reach, after.data(), choice.data(), cost.data(), loss.data(), static_cast<std::int32_t>(candidates)};
  auto const order = dp::visiting_order({host_cost.data(), host_cost.size()}, sizeof(T));

  std::vector<double> sweep, registers, share;
  for (int k = -1; k < repeats; ++k) {  // the first round warms up
    MPI_Barrier(context.comm());
    double const begin = MPI_Wtime();
    dp::sweep_stage(Execution(), stage, {0, cells}, order);
    Execution().fence();
    double const seconds = max_over_ranks(context.comm(), MPI_Wtime() - begin);
#ifdef BELLSHARD_VECTORS
    double const rate = register_rate(context.comm(), std::vector<T>(host_loss.data(), host_loss.data() + candidates)) * Execution().concurrency();
#else
    double const rate = 0;
#endif
    if (k < 0) continue;
    sweep.push_back(static_cast<double>(cells * candidates) / seconds);
    registers.push_back(rate);
    share.push_back(sweep.back() / rate);
  }
  if (!context.root()) return;
  char const* const ways[] = {"at once", "in groups", "in columns"};
  std::printf("%s, reach %lld, %s: sweep %6.2f G/s, registers %6.2f G/s, share %.2f (quartiles %.2f, %.2f)\n", type, static_cast<long long>(reach),
              ways[static_cast<int>(order.way)], quantile(sweep, 0.5) / 1e9, quantile(registers, 0.5) / 1e9, quantile(share, 0.5), quantile(share, 0.25), quantile(share, 0.75));
}

}  // namespace

int main(int argc, char** argv) {
  Session session(argc, argv);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  auto const number = [&](int k, std::int64_t otherwise) { return argc > k ? std::atoll(argv[k]) : otherwise; };
  auto const cells = number(1, 4'000'000), candidates = number(3, 101);
  if (context.root()) {
    std::printf("%d rank(s), %d thread(s) each, %lld cells a rank, %lld candidates\n", context.ranks(), Execution().concurrency(), static_cast<long long>(cells),
                static_cast<long long>(candidates));
  }
  for (auto const reach : argc > 2 ? std::vector<std::int64_t>{number(2, 0)} : std::vector<std::int64_t>{4'320, 36'864, 262'144, 2'359'296}) {
    measure<double>(context, "float64", cells, reach, candidates);
    measure<float>(context, "float32", cells, reach, candidates);
  }
  return 0;
}
