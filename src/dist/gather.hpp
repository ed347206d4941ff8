#pragma once
#include <mpi.h>

#include <span>
#include <vector>

namespace bellshard {

/// The numbers of all ranks, in the order of the ranks, on every rank. For few numbers: all of them must fit everywhere. Collective.
std::vector<double> gather_from_ranks(MPI_Comm comm, std::vector<double> const& own);

/// Rank 0's numbers, on every rank; as many on each. Collective.
void broadcast_from_root(MPI_Comm comm, std::span<double> numbers);

}  // namespace bellshard
