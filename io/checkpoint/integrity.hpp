#pragma once
#include <mpi.h>

#include "io/hdf5/input_file.hpp"
#include "io/hdf5/run_file.hpp"

namespace bellshard::io {

/// The checksums of a file's variables, in /checksum: variable_name [variable], and for each piece its variable, begin, end
/// (items of axis 0) and hash (XXH3 of the piece as it lies in memory). The table has a checksum of its own, an attribute
/// of the group, which HDF5's header checksums cover.

/// Writes the table of all pieces that all ranks wrote so far. Collective.
void write_checksums(MPI_Comm comm, RunFile& file);

/// Reads every variable once, its pieces shared out over the ranks. Exit 4 with the first wrong piece. Collective.
void verify_checksums(MPI_Comm comm, InputFile const& file);

}  // namespace bellshard::io
