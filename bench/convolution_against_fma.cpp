// 3 x 3 convolutions of CIFAR networks against multiply-adds that never leave the registers, on one thread.
//
//   OMP_NUM_THREADS=1 build/bin/convolution_against_fma
//
// FLOP counts a multiplication and an addition as two. What a kernel reaches, over what BM_fma reaches, is its share of the core.
#include <benchmark/benchmark.h>

#include "kernels/network/convolution.hpp"
#include "src/runtime/session.hpp"

namespace {

using namespace bellshard;

void count(benchmark::State& state, double operations) {
  state.counters["FLOP"] = benchmark::Counter(operations * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
}

/// As many independent sums as hide the latency; values stay finite.
void BM_fma(benchmark::State& state) {
  constexpr int sums = 12, steps = 4096;
  float factor = 0.999f;
  benchmark::DoNotOptimize(factor);
  network::Pack const x = network::Pack{} + factor;
  network::Pack sum[sums];
  for (int s = 0; s < sums; ++s) sum[s] = x * (network::Pack{} + static_cast<float>(s));
  for (auto _ : state) {
    for (int i = 0; i < steps; ++i) {
      for (int s = 0; s < sums; ++s) sum[s] = network::fused(factor, sum[s], x);
    }
  }
  for (int s = 0; s < sums; ++s) benchmark::DoNotOptimize(sum[s]);
  count(state, 2.0 * steps * sums * network::pack_width);
}

/// arguments: inputs, outputs, rows and columns of the input, stride; one group of images.
void BM_convolve(benchmark::State& state) {
  auto const inputs = state.range(0), outputs = state.range(1), side = state.range(2), stride = state.range(3);
  auto const size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
  network::FeatureMaps const in("bench::in", 1, size(inputs), size(side), size(side)), out("bench::out", 1, size(outputs), size(side / stride), size(side / stride));
  Kokkos::deep_copy(in, 1.0f);
  auto const layer = network::convolution_weights(std::vector<float>(size(outputs * inputs * 9), 0.01f), std::vector<float>(size(outputs), 1.0f), std::vector<float>(size(outputs)), inputs);
  Execution const execution;
  for (auto _ : state) {
    network::convolve(execution, in, layer, static_cast<int>(stride), {}, out);
    execution.fence();
  }
  count(state, 18.0 * static_cast<double>(inputs * outputs * side * side / stride / stride * network::lanes));
}

BENCHMARK(BM_fma);
BENCHMARK(BM_convolve)->Args({3, 16, 32, 1})->Args({16, 16, 32, 1})->Args({16, 32, 32, 2})->Args({32, 32, 16, 1})->Args({32, 64, 16, 2})->Args({64, 64, 8, 1});

}  // namespace

int main(int argc, char** argv) {
  bellshard::Session const session(argc, argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
