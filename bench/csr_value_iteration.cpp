// The loop that anybody would write first, as a yardstick for the race: value iteration on compressed rows, 32-bit indices, OpenMP.
// usage: csr_value_iteration MODEL DISCOUNT TOLERANCE VALUES   (race_peers.py writes MODEL: int64 states, pairs, transitions, then the
// arrays action_offset, transition_offset [int64], next_state [int32], probability, reward [float64]; VALUES receives float64)
// Stops when the span of a sweep's changes proves the values to TOLERANCE (MacQueen 1966). Prints the seconds of the loop and its sweeps.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <vector>

template <class T>
std::vector<T> read(std::ifstream& file, std::int64_t count) {
  std::vector<T> values(static_cast<std::size_t>(count));
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * static_cast<std::int64_t>(sizeof(T))));
  return values;
}

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  auto const counts = read<std::int64_t>(file, 3);
  std::int64_t const states = counts[0];
  auto const first_pair = read<std::int64_t>(file, states + 1);
  auto const first = read<std::int64_t>(file, counts[1] + 1);
  auto const next = read<std::int32_t>(file, counts[2]);
  auto const probability = read<double>(file, counts[2]);
  auto const reward = read<double>(file, counts[1]);
  double const discount = std::atof(argv[2]), tolerance = std::atof(argv[3]);
  std::vector<double> value(static_cast<std::size_t>(states), 0.0), swept(value);

  auto const begin = std::chrono::steady_clock::now();
  long sweeps = 0;
  for (double shift = 0;; std::swap(value, swept)) {
    double low = std::numeric_limits<double>::infinity(), high = -low;
#pragma omp parallel for schedule(static) reduction(min : low) reduction(max : high)
    for (std::int64_t s = 0; s < states; ++s) {
      double best = -std::numeric_limits<double>::infinity();
      for (std::int64_t pair = first_pair[s]; pair < first_pair[s + 1]; ++pair) {
        double sum = 0;
        for (std::int64_t t = first[pair]; t < first[pair + 1]; ++t) sum += probability[t] * value[next[t]];
        best = std::max(best, reward[pair] + discount * sum);
      }
      swept[s] = best;
      low = std::min(low, best - value[s]);
      high = std::max(high, best - value[s]);
    }
    ++sweeps;
    double const rest = discount / (1 - discount);
    if ((high - low) * rest > 2 * tolerance) continue;
    shift = rest * 0.5 * (low + high);
    for (double& v : swept) v += shift;
    break;
  }
  double const seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::ofstream(argv[4], std::ios::binary).write(reinterpret_cast<char const*>(swept.data()), states * static_cast<std::streamsize>(sizeof(double)));
  std::printf("%.9f %ld\n", seconds, sweeps);
}
