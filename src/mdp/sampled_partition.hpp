#pragma once
#include <mpi.h>

#include <cstdint>
#include <functional>

#include "src/dist/partition.hpp"

namespace bellshard::mdp {

/// Contiguous blocks of states with about as many transitions each, of a model that nobody looks at as a whole: the axis is cut
/// into up to 2048 pieces, for many parts 8 each, and of each some 64 states at most are asked, by one rank alone. Collective; the same answer on all ranks.
/// `transitions(first, stride, count)` counts those of the states first, first + stride, ...
Partition sampled_partition(MPI_Comm comm, std::int64_t states, int parts,
                            std::function<std::int64_t(std::int64_t first, std::int64_t stride, std::int64_t count)> const& transitions);

}  // namespace bellshard::mdp
