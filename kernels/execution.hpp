#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <type_traits>

namespace bellshard {

/// The one execution space of a build: the device where there is one, else the host's threads.
using Execution = Kokkos::DefaultExecutionSpace;
using Memory = Execution::memory_space;

/// One-dimensional array of the own block (and its margins) in the execution space's memory.
template <class T>
using Array = Kokkos::View<T*, Memory>;

/// Do kernels run on the host's threads? Decides between loops that a compiler vectorises and one thread per item.
inline constexpr bool runs_on_host = std::is_same_v<Memory, Kokkos::HostSpace>;

}  // namespace bellshard
