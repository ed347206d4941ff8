#pragma once
#include <mpi.h>

#include <memory>

#include "src/dist/partition.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/row_stream.hpp"

namespace bellshard::mdp {

/// Bytes of the parts that a rank reads at once where `memory` bytes are all that its rows may take.
double part_bytes(double memory);

/// The Bellman operator of rows that stay in their file: each sweep reads them again, a part of whole states after the other, packs the part and
/// lets the kernels of stored rows sweep it. The same bits as from memory, but for sweeps in place, which go by number and part by part.
///
/// Up to `memory` bytes are for rows: the part at hand, the rows of the policy at hand where they fit (they are taken as the greedy sweep chooses
/// them, so that a policy's own sweeps read no file), and as many parts as there is still room for. Making one reads all rows once, for the
/// items of other ranks and the rounding. What cannot be read ends the run on all ranks, exit 4. Collective.
std::unique_ptr<Operator> make_streamed_operator(MPI_Comm comm, Partition const& states, RowStream stream, Objective objective, double discount,
                                                 double memory, Nature nature = Nature::adversarial);

}  // namespace bellshard::mdp
