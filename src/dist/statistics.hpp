#pragma once
#include <mpi.h>

#include <cstdint>
#include <vector>

namespace bellshard {

/// What a sample of numbers says of their mean.
struct Statistics {
  std::int64_t count = 0;
  double mean = 0;
  double deviation = 0;  ///< of the numbers, divided by count - 1; 0 where there is one
  double standard_error() const;  ///< of the mean
};

/// Of these numbers, added in their order. At least one.
Statistics statistics(std::vector<double> const& numbers);

/// Of all ranks' numbers, added in global order: the same bits for any number of ranks, as long as they hold contiguous blocks in
/// the order of the ranks. All of them must fit on every rank. Collective.
Statistics statistics_over_ranks(MPI_Comm comm, std::vector<double> const& own);

}  // namespace bellshard
