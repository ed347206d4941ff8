#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>
#include <string>
#include <type_traits>

#if defined(__linux__)
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace bellshard {

/// A zeroed View for one field of a shard. On Linux hosts it asks for huge pages before the first touch, which streaming
/// sweeps need: with pages of 4 KiB they spend a fifth of their time on address translation. Throws std::bad_alloc (or
/// Kokkos' own exception) where memory is short.
template <class View>
View large_array(std::string const& label, std::size_t size) {
  View array(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), size);
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  if constexpr (std::is_same_v<typename View::memory_space, Kokkos::HostSpace>) {
    auto const page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    auto const begin = (reinterpret_cast<std::uintptr_t>(array.data()) + page - 1) / page * page;
    auto const end = reinterpret_cast<std::uintptr_t>(array.data() + array.size()) / page * page;
    // Only a wish: a kernel without huge pages says no, and nothing is lost.
    if (end > begin) static_cast<void>(madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE));
  }
#endif
  Kokkos::deep_copy(array, typename View::non_const_value_type{});
  return array;
}

}  // namespace bellshard
