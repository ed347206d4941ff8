// One stage of buying at random prices against multiply-adds that never leave the registers, in turn, in one run.
//
//   mpirun -n 2 build/bin/price_stage_against_fma [BUDGETS [STAGES]]
//
// Each rank sweeps its own budgets (no exchange), as many stages as are asked for. Prices up to 300, with chances as in a market of many cheap items. Prints
// medians of `repeats` rounds in multiply-adds (budget and price that is bought at) a second of a rank, and how many prices of 301 were bought at.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include "kernels/dp/price_sweep.hpp"
#include "kernels/host_copy.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/context.hpp"
#include "src/runtime/large_array.hpp"
#include "src/runtime/session.hpp"

namespace {

using namespace bellshard;
constexpr int repeats = 5;
constexpr std::int32_t prices = 300;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

#ifdef BELLSHARD_VECTORS
/// As many independent sums as hide the latency [multiply-adds a second of one thread].
double register_rate() {
  using namespace dp::price_lanes;
  constexpr int sums = 12;
  constexpr std::int64_t rounds = 20'000'000;
  Values sum[sums];
#pragma GCC unroll 12
  for (int s = 0; s < sums; ++s) sum[s] = Values{} + s;
  Values const factor = Values{} + 0.999, term = Values{} + 0.001;
  double const begin = MPI_Wtime();
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int s = 0; s < sums; ++s) sum[s] = fused(factor, sum[s], term);
  }
  Values total{};
#pragma GCC unroll 12
  for (int s = 0; s < sums; ++s) total += sum[s];
  asm volatile("" : : "v"(total));  // or the compiler would see that nobody needs it
  return static_cast<double>(rounds) * sums * lanes / (MPI_Wtime() - begin);
}
#else
double register_rate() { return std::numeric_limits<double>::quiet_NaN(); }
#endif

}  // namespace

int main(int argc, char** argv) {
  Session session(argc, argv);
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  auto const number = [&](int k, std::int64_t otherwise) { return argc > k ? std::atoll(argv[k]) : otherwise; };
  auto const budgets = number(1, 1'000'000) / dp::PriceStage::tile * dp::PriceStage::tile, stages = number(2, 50);
  std::vector<double> chance(prices + 1), gain(prices + 1, 1e-3), chance_sum, gain_sum;
  double all = 0;
  for (int d = 0; d <= prices; ++d) all += chance[static_cast<std::size_t>(d)] = std::exp(-d / 60.0) + 0.01;
  double of_chance = 0, of_gain = 0;
  for (std::size_t d = 0; d <= prices; ++d) {
    chance[d] /= all;
    chance_sum.push_back(of_chance += chance[d]);
    gain_sum.push_back(of_gain += chance[d] * gain[d]);
  }
  auto const on_device = [](std::vector<double> const& host) { return to_device(host, "bellshard::bench::price"); };
  auto const chances = on_device(chance), gains = on_device(gain), chance_sums = on_device(chance_sum), gain_sums = on_device(gain_sum);
  auto before = large_array<Array<double>>("bellshard::bench::before", static_cast<std::size_t>(prices + budgets));
  auto after = large_array<Array<double>>("bellshard::bench::after", static_cast<std::size_t>(prices + budgets));

  std::vector<double> sweep, registers;
  for (int k = -1; k < repeats; ++k) {  // the first round warms up
    // Values of a fluid market, whose budgets are worth less the more there is: bids fall from the largest price to a few.
    Kokkos::parallel_for(
        "bellshard::bench::values", Kokkos::RangePolicy<Execution>(0, prices + budgets), KOKKOS_LAMBDA(std::int64_t i) {
          double const b = static_cast<double>(i) / static_cast<double>(prices + budgets);
          before(i) = 1e-5 * static_cast<double>(budgets) * (b - 0.45 * b * b);
        });
    double operations = 0;
    MPI_Barrier(context.comm());
    Execution().fence();
    double const begin = MPI_Wtime();
    for (std::int64_t s = 0; s < stages; ++s) {
      dp::PriceStage const stage{before.data() + prices, after.data() + prices, chances.data(), gains.data(), chance_sums.data(), gain_sums.data(), 1, prices, 1 << 30};
      dp::sweep_prices(Execution(), stage, {0, budgets});
      Execution().fence();
    }
    double const seconds = max_over_ranks(context.comm(), MPI_Wtime() - begin);
    dp::PriceStage const stage{before.data() + prices, after.data() + prices, chances.data(), gains.data(), chance_sums.data(), gain_sums.data(), 1, prices, 0};
    Kokkos::parallel_reduce(
        "bellshard::bench::count", Kokkos::RangePolicy<Execution>(0, budgets),
        KOKKOS_LAMBDA(std::int64_t b, double& count) {
          for (std::int32_t d = 0; d <= prices && stage.is_worth(stage.before[b - d], stage.before[b], d); ++d) count += 1;
        },
        operations);
    double const rate = register_rate() * Execution().concurrency();
    if (k < 0) {
      if (context.root()) std::printf("%lld budgets a rank, %.1f prices bought at\n", static_cast<long long>(budgets), operations / static_cast<double>(budgets));
      continue;
    }
    sweep.push_back(operations * static_cast<double>(stages) / seconds);
    registers.push_back(rate);
  }
  if (context.root()) {
    double const s = median(sweep), r = median(registers);
    std::printf("%d rank(s), %d thread(s): sweep %.2f G multiply-adds/s a rank, registers %.2f G/s: %.2f\n", context.ranks(), Execution().concurrency(), s / 1e9, r / 1e9, s / r);
  }
  return 0;
}
