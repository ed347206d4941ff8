#pragma once
#include <mpi.h>

#include <memory>

#include "src/dist/partition.hpp"
#include "src/mdp/operator.hpp"
#include "src/mdp/rows.hpp"

namespace bellshard::mdp {

/// How transitions are stored. All keep the exact probabilities and give the same bits; `automatic` takes the smallest that the
/// model allows on every rank.
enum class StorageChoice {
  automatic,
  indexed,        ///< 12 bytes: int32 place, float64 probability
  indexed_single, ///< 8 bytes: probabilities that float32 holds exactly
  indexed_table,  ///< 5 bytes: at most 256 distinct probabilities, in a table
  near,           ///< 10 bytes: next states within 32767 of the state in local storage
  near_single,    ///< 6 bytes
  near_table,     ///< 3 bytes
  runs,           ///< 8 bytes: the next states of every pair follow each other
  runs_single,    ///< 4 bytes
  runs_table      ///< 1 byte
};

/// The Bellman operator of stored rows; of interval rows with nature's best answer to every sweep. Plans the exchange of values between ranks, packs the rows for the device and lets go
/// of them. `in_place`: sweeps in place will be asked for, so an order for them is looked for. Exit 4 where a block is too large for its 32-bit indices, or where the model does not allow the storage asked for.
/// Collective.
std::unique_ptr<Operator> make_sparse_operator(MPI_Comm comm, Partition const& states, Rows&& rows, Objective objective, double discount,
                                               StorageChoice storage = StorageChoice::automatic, Nature nature = Nature::adversarial,
                                               bool in_place = true);

}  // namespace bellshard::mdp
