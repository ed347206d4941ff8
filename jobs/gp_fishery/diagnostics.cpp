#include "jobs/gp_fishery/diagnostics.hpp"

#include <cmath>
#include <limits>

#include "src/dist/statistics.hpp"

namespace bellshard::gp_fishery {

Mixing mixing(std::vector<double> const& value, std::int64_t chains) {
  constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
  auto const m = static_cast<std::size_t>(chains), n = value.size() / m;
  if (n < 4) return {nothing, nothing};
  std::vector<double> mean(m);
  double within = 0;
  for (std::size_t c = 0; c < m; ++c) {
    auto const of_chain = statistics({value.begin() + static_cast<std::ptrdiff_t>(c * n), value.begin() + static_cast<std::ptrdiff_t>((c + 1) * n)});
    mean[c] = of_chain.mean;
    within += of_chain.deviation * of_chain.deviation / static_cast<double>(m);
  }
  double const between = m > 1 ? statistics(mean).deviation : 0;
  auto const draws = static_cast<double>(n);
  double const variance = (draws - 1) / draws * within + between * between;
  if (!(variance > 0)) return {nothing, nothing};
  // Autocorrelations by variograms; pairs of them are added up while their sum is positive (Geyer 1992).
  auto const correlation = [&](std::size_t lag) {
    double sum = 0;
    for (std::size_t c = 0; c < m; ++c) {
      for (std::size_t i = lag; i < n; ++i) sum += (value[c * n + i] - value[c * n + i - lag]) * (value[c * n + i] - value[c * n + i - lag]);
    }
    return 1 - sum / (static_cast<double>(m * (n - lag)) * 2 * variance);
  };
  double time = 1 + 2 * correlation(1);
  for (std::size_t lag = 2; lag + 1 < n; lag += 2) {
    double const pair = correlation(lag) + correlation(lag + 1);
    if (!(pair > 0)) break;
    time += 2 * pair;
  }
  auto const all = static_cast<double>(m) * draws;
  return {std::fmin(all, all / time), within > 0 ? std::sqrt(variance / within) : nothing};
}

}  // namespace bellshard::gp_fishery
