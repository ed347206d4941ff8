#pragma once
#include <mpi.h>

#include <vector>

namespace bellshard {

/// The numbers of all ranks, in the order of the ranks, on every rank. For few numbers: all of them must fit everywhere. Collective.
std::vector<double> gather_from_ranks(MPI_Comm comm, std::vector<double> const& own);

}  // namespace bellshard
