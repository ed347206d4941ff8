#pragma once
#include <Kokkos_Core.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kernels/execution.hpp"

namespace bellshard {

/// `size` items of a field from `first` on, as a host vector.
template <class T>
std::vector<std::remove_const_t<T>> to_host(Array<T> const& field, std::int64_t first, std::int64_t size) {
  using Item = std::remove_const_t<T>;
  std::vector<Item> host(static_cast<std::size_t>(size));
  auto const begin = static_cast<std::size_t>(first);
  Kokkos::deep_copy(Kokkos::View<Item*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(host.data(), host.size()),
                    Kokkos::subview(field, std::make_pair(begin, begin + host.size())));
  return host;
}

template <class T>
std::vector<std::remove_const_t<T>> to_host(Array<T> const& field) {
  return to_host(field, 0, static_cast<std::int64_t>(field.extent(0)));
}

/// A host vector into the items of a field from `first` on.
template <class T>
void copy_to_device(std::vector<T> const& host, Array<T> const& field, std::int64_t first) {
  auto const begin = static_cast<std::size_t>(first);
  Kokkos::deep_copy(Kokkos::subview(field, std::make_pair(begin, begin + host.size())),
                    Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(host.data(), host.size()));
}

template <class T>
Array<T> to_device(std::vector<T> const& host, std::string const& label) {
  Array<T> const field(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), host.size());
  copy_to_device(host, field, 0);
  return field;
}

}  // namespace bellshard
