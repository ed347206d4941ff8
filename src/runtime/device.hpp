#pragma once
#include <mpi.h>

namespace bellshard {

/// How MPI gets at the memory that kernels use: itself, or by way of pinned host memory.
enum class DeviceTransfer { direct, staged };

/// Direct on the host back ends and where the running MPI says that it is GPU-aware. Asked once, after MPI_Init.
DeviceTransfer device_transfer();

/// What one rank runs its kernels with; -1 leaves the choice to Kokkos.
struct Placement {
  int threads = -1;
  int device = -1;
  int rank_on_host = 0;
};

/// Shares the machine among the ranks of one host. Devices go round by local rank; exit 7 where a device build sees none.
/// Threads: OMP_NUM_THREADS rules; else each rank takes its part of the cores that its ranks may run on, so that two
/// unbound ranks do not each start a thread on every core. Collective; before Kokkos is up.
Placement place_rank(MPI_Comm comm);

}  // namespace bellshard
