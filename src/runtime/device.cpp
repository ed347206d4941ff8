#include "src/runtime/device.hpp"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "src/base/error.hpp"
#include "src/runtime/kokkos_version.hpp"
#if __has_include(<mpi-ext.h>)
#include <mpi-ext.h>
#endif

namespace bellshard {
namespace {

bool mpi_reads_device_memory() {
#if defined(KOKKOS_ENABLE_CUDA) && defined(MPIX_CUDA_AWARE_SUPPORT)
  return MPIX_Query_cuda_support() == 1;
#elif defined(KOKKOS_ENABLE_HIP) && defined(OMPI_HAVE_MPI_EXT_ROCM)
  return MPIX_Query_rocm_support() == 1;
#else
  char const* mpich = std::getenv("MPICH_GPU_SUPPORT_ENABLED");
  return mpich != nullptr && std::strcmp(mpich, "1") == 0;
#endif
}

/// The cores that this rank may use, each divided by the ranks of this host that may use it too.
int fair_threads(MPI_Comm host) {
  cpu_set_t own;
  CPU_ZERO(&own);
  if (sched_getaffinity(0, sizeof(own), &own) != 0) return -1;
  std::vector<int> claims(CPU_SETSIZE);
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) claims[cpu] = CPU_ISSET(cpu, &own) ? 1 : 0;
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, claims.data(), CPU_SETSIZE, MPI_INT, MPI_SUM, host));
  double share = 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &own)) share += 1.0 / claims[cpu];
  }
  return std::max(1, static_cast<int>(share + 1e-6));
}

}  // namespace

DeviceTransfer device_transfer() {
  static DeviceTransfer const answer =
      kokkos::host_reaches_device_memory || mpi_reads_device_memory() ? DeviceTransfer::direct : DeviceTransfer::staged;
  return answer;
}

Placement place_rank(MPI_Comm comm) {
  MPI_Comm host = MPI_COMM_NULL;
  BELLSHARD_MPI(MPI_Comm_split_type(comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &host));
  Placement placement;
  BELLSHARD_MPI(MPI_Comm_rank(host, &placement.rank_on_host));
  int const shared_out = fair_threads(host);
  if (std::getenv("OMP_NUM_THREADS") == nullptr) placement.threads = shared_out;
  BELLSHARD_MPI(MPI_Comm_free(&host));

#if defined(KOKKOS_ENABLE_CUDA) || defined(KOKKOS_ENABLE_HIP)
  int const devices = kokkos::visible_devices();
  if (devices == 0) {
    fail(ExitCode::out_of_resources,
         "no GPU is visible to this process, and this build runs its kernels on one; ask the scheduler for as many GPUs as ranks on a node (Slurm: --gpus-per-node) or use a "
         "build for OpenMP");
  }
  placement.device = placement.rank_on_host % devices;
#endif
  return placement;
}

}  // namespace bellshard
