#include "src/dist/statistics.hpp"

#include <cmath>

#include "src/dist/gather.hpp"

namespace bellshard {

double Statistics::standard_error() const { return deviation / std::sqrt(static_cast<double>(count)); }

Statistics statistics(std::vector<double> const& numbers) {
  Statistics found{static_cast<std::int64_t>(numbers.size())};
  auto const count = static_cast<double>(numbers.size());
  for (auto const number : numbers) found.mean += number;
  found.mean /= count;
  double squares = 0;
  for (auto const number : numbers) squares += (number - found.mean) * (number - found.mean);
  if (numbers.size() > 1) found.deviation = std::sqrt(squares / (count - 1));
  return found;
}

Statistics statistics_over_ranks(MPI_Comm comm, std::vector<double> const& own) { return statistics(gather_from_ranks(comm, own)); }

}  // namespace bellshard
