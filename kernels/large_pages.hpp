#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <string>

#include "kernels/execution.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace bellshard {

/// An array of no particular content. On Linux hosts it asks for huge pages: random access to small ones spends much of its time
/// on address translation.
template <class T>
Array<T> large_pages(std::string const& label, std::size_t size) {
  Array<T> array(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), size);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if constexpr (runs_on_host) {
    auto const page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    auto const begin = (reinterpret_cast<std::uintptr_t>(array.data()) + page - 1) / page * page;
    auto const end = reinterpret_cast<std::uintptr_t>(array.data() + array.size()) / page * page;
    // Only a wish: a kernel without huge pages says no, and nothing is lost.
    if (end > begin) static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
  }
#endif
  return array;
}

}  // namespace bellshard
