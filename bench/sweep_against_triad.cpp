// The synchronous sweep of the matrix-free raster kernel against a STREAM-like triad, in turn, in one run.
//
//   mpirun -n 2 build/bin/sweep_against_triad land.nc LAT LON     (or: MAP.map ROW COLUMN)
//
// Prints medians of `repeats` pairs: the triad's bytes per second (a = b + s c: two reads, one write), and the sweep's, which
// counts one read and one write of the value per state.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "jobs/value_iteration/raster_problem.hpp"
#include "kernels/dp/raster_sweep.hpp"
#include "src/dist/reduce.hpp"
#include "src/runtime/large_array.hpp"
#include "src/runtime/session.hpp"

namespace {

using namespace bellshard;
constexpr int repeats = 9;
constexpr int sweeps_each = 40;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Seconds of the slowest rank for `sweeps_each` calls, after one that brings its arrays into whatever caches there are.
template <class Work>
double timed(MPI_Comm comm, Work const& work) {
  work();
  Execution().fence();
  MPI_Barrier(comm);
  double const begin = MPI_Wtime();
  for (int i = 0; i < sweeps_each; ++i) work();
  Execution().fence();
  return max_over_ranks(comm, MPI_Wtime() - begin);
}

void triad(Array<double> const& a, Array<double const> const& b, Array<double const> const& c) {
  Kokkos::parallel_for(
      "bellshard::bench::triad", Kokkos::RangePolicy<Execution>(0, a.extent(0)),
      KOKKOS_LAMBDA(std::int64_t i) { a(i) = b(i) + 0.5 * c(i); });
}

void measure(Context& context, value_iteration::Config const& config) {
  value_iteration::RasterProblem problem(context, config, value_iteration::open_mask(context, config));
  MPI_Comm const comm = context.comm();
  auto const size = static_cast<std::size_t>(problem.model().layout.size());
  Array<double> values = problem.start(), next = large_array<Array<double>>("bellshard::bench::next", size);
  auto const third = large_array<Array<double>>("bellshard::bench::third", size);
  auto const scratch = large_array<Array<double>>("bellshard::bench::scratch", size);
  Kokkos::deep_copy(next, values);
  Kokkos::deep_copy(third, 1.0);
  double const elements = sum_over_ranks(comm, static_cast<double>(size));
  double const states = static_cast<double>(problem.free_cells());

  std::vector<double> triad_rate, kernel_rate, sweep_rate;
  for (int k = -1; k < repeats; ++k) {  // the first pair warms up
    double const t = timed(comm, [&] { triad(scratch, third, next); });
    double const kernel = timed(comm, [&] {
      dp::sweep_values(Execution(), problem.model(), 0, problem.model().layout.rows, values, next);
      std::swap(values, next);
    });
    double const sweep = timed(comm, [&] {
      problem.refresh(values);
      max_over_ranks(comm, dp::sweep_values(Execution(), problem.model(), 0, problem.model().layout.rows, values, next));
      std::swap(values, next);
    });
    if (k < 0) continue;
    triad_rate.push_back(24 * elements * sweeps_each / t);
    kernel_rate.push_back(16 * states * sweeps_each / kernel);
    sweep_rate.push_back(16 * states * sweeps_each / sweep);
  }
  if (!context.root()) return;
  double const t = median(triad_rate), k = median(kernel_rate), s = median(sweep_rate);
  std::printf("%d rank(s), %d thread(s) each, %.0f states of %.0f cells\n", context.ranks(), Execution().concurrency(), states, elements);
  std::printf("triad               %8.2f GB/s\n", t / 1e9);
  std::printf("sweep, kernel alone %8.2f GB/s   %.2f of the triad   %8.1f sweeps/s   %7.0f M states/s\n", k / 1e9, k / t, k / (16 * states),
              k / 16e6);
  std::printf("sweep with margins  %8.2f GB/s   %.2f of the triad   %8.1f sweeps/s   %7.0f M states/s\n", s / 1e9, s / t, s / (16 * states),
              s / 16e6);
}

}  // namespace

int main(int argc, char** argv) {
  Session session(argc, argv);
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s MASK TARGET_ROW_OR_LAT TARGET_COLUMN_OR_LON\n", argv[0]);
    return 2;
  }
  Context context(MPI_COMM_WORLD, {}, Verbosity::quiet);
  value_iteration::Config config;
  config.model.file = argv[1];
  if (config.model.file.extension() == ".map") {
    config.model.target = {{std::atoll(argv[2]), std::atoll(argv[3])}};
  } else {
    config.model.target_lat_lon = {{std::atof(argv[2]), std::atof(argv[3])}};
  }
  try {
    measure(context, config);
  } catch (Error const& error) {
    context.log().error(error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
