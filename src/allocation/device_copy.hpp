#pragma once
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "io/sharded_array.hpp"
#include "kernels/execution.hpp"

namespace bellshard::allocation {

template <class T>
using HostPiece = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;

/// Own items of a sharded array that lie in the memory of the execution space, `bytes` each.
inline void link_device(io::ShardedArray& array, Array<char> const& own_bytes, std::int64_t bytes) {
  auto const piece = [=, first = array.own.begin](Block items) {
    return Kokkos::subview(own_bytes, std::pair((items.begin - first) * bytes, (items.end - first) * bytes));
  };
  auto const host = [=](Block items, void const* data) {
    return HostPiece<char>(static_cast<char*>(const_cast<void*>(data)), static_cast<std::size_t>(items.size() * bytes));
  };
  array.fetch = [=](Block items, void* data) { Kokkos::deep_copy(host(items, data), piece(items)); };
  array.store = [=](Block items, void const* data) { Kokkos::deep_copy(piece(items), host(items, data)); };
}

/// A replicated array in host memory; `values` outlives the array.
template <class T>
void link_host(io::ShardedArray& array, std::vector<T>& values) {
  auto const item = static_cast<std::int64_t>(values.size()) / std::max<std::int64_t>(1, array.shape[0]);
  array.fetch = [&values, item](Block items, void* data) { std::copy_n(values.data() + items.begin * item, items.size() * item, static_cast<T*>(data)); };
  array.store = [&values, item](Block items, void const* data) { std::copy_n(static_cast<T const*>(data), items.size() * item, values.data() + items.begin * item); };
}

}  // namespace bellshard::allocation
