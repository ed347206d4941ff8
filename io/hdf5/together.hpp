#pragma once
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include "io/hdf5/handle.hpp"

namespace bellshard::io {

/// Turns a failure of HDF5 into the Error that people read: exit code, path, the way out.
using Rephrase = std::function<Error(Hdf5Error const&)>;

/// Runs `part` on every rank; where it failed on any, all ranks throw the Error of the lowest that did. Collective. A part
/// that holds collective calls must reach all of them on every rank, come what may.
void together(MPI_Comm comm, Rephrase const& rephrase, std::function<void()> const& part);

/// What rank 0 says, on every rank.
std::string from_root(MPI_Comm comm, std::string text);
template <class T>
T from_root(MPI_Comm comm, T value) {
  BELLSHARD_MPI(MPI_Bcast(&value, sizeof(T), MPI_BYTE, 0, comm));
  return value;
}

std::int64_t largest(MPI_Comm comm, std::int64_t value);  ///< over all ranks
int rank_of(MPI_Comm comm);
int ranks_of(MPI_Comm comm);

}  // namespace bellshard::io
