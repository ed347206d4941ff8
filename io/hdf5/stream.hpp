#pragma once
#include <mpi.h>

#include <functional>

#include "io/hdf5/slab.hpp"
#include "io/sharded_array.hpp"
#include "io/stream_limits.hpp"

namespace bellshard::io {

/// Called on the rank that wrote a piece, with the piece as it lies in memory.
using PieceSeen = std::function<void(Block items, void const* data, std::size_t bytes)>;

/// Items of axis 0 that a piece holds: as many as fit, at least one.
std::int64_t items_per_piece(ShardedArray const& array, StreamLimits limits);

/// Array -> dataset through one staging buffer. Collective; a rank whose part fails goes on with empty selections, so that
/// nobody waits for it, and throws at the end.
void stream_out(MPI_Comm comm, hid_t dataset, ShardedArray const& array, StreamLimits limits, Transfer transfer,
                PieceSeen const& seen);

/// Dataset -> array.store, in the same way.
void stream_in(MPI_Comm comm, hid_t dataset, ShardedArray const& array, StreamLimits limits, Transfer transfer);

/// Block `own` of a dataset -> data, in transfers of bounded size. Collective.
void read_dense(MPI_Comm comm, hid_t dataset, std::vector<std::int64_t> const& shape, Block own, ElementType type, void* data,
                StreamLimits limits, Transfer transfer);

}  // namespace bellshard::io
