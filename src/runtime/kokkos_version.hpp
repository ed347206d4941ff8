#pragma once
// Every difference between Kokkos 3.4.1 and 5.x that we meet, so that no other file asks for KOKKOS_VERSION.
#include <Kokkos_Core.hpp>

namespace bellshard::kokkos {

inline constexpr int unset = -1;

/// Starts Kokkos with this many host threads on this device; `unset` leaves the choice to Kokkos. Its warnings are off:
/// they ask for OMP_PROC_BIND, which would pin the ranks of an unbound mpirun to the same cores.
inline void initialize(int threads, int device) {
#if KOKKOS_VERSION >= 30700
  auto settings = Kokkos::InitializationSettings().set_disable_warnings(true);
  if (threads != unset) settings.set_num_threads(threads);
  if (device != unset) settings.set_device_id(device);
  Kokkos::initialize(settings);
#else
  Kokkos::InitArguments arguments;
  arguments.disable_warnings = true;
  arguments.num_threads = threads;
  arguments.device_id = device;
  Kokkos::initialize(arguments);
#endif
}

/// Devices that this process can see; 0 in a build for host execution. May be called before initialize().
inline int visible_devices() {
  int count = 0;
#if defined(KOKKOS_ENABLE_CUDA)
  if (cudaGetDeviceCount(&count) != cudaSuccess) count = 0;
#elif defined(KOKKOS_ENABLE_HIP)
  if (hipGetDeviceCount(&count) != hipSuccess) count = 0;
#endif
  return count;
}

/// Host memory that a device copies from and to at full speed; plain host memory in a build without a device.
#if KOKKOS_VERSION >= 40000 && defined(KOKKOS_HAS_SHARED_HOST_PINNED_SPACE)
using PinnedSpace = Kokkos::SharedHostPinnedSpace;
#elif defined(KOKKOS_ENABLE_CUDA)
using PinnedSpace = Kokkos::CudaHostPinnedSpace;
#elif defined(KOKKOS_ENABLE_HIP)
using PinnedSpace = Kokkos::Experimental::HIPHostPinnedSpace;
#else
using PinnedSpace = Kokkos::HostSpace;
#endif

/// Can the host read and write the memory that kernels use?
inline constexpr bool host_reaches_device_memory =
    Kokkos::SpaceAccessibility<Kokkos::DefaultHostExecutionSpace, Kokkos::DefaultExecutionSpace::memory_space>::accessible;

}  // namespace bellshard::kokkos
