#pragma once
#include <string>
#include <utility>
#include <vector>

#include "kernels/dp/bounds.hpp"
#include "kernels/execution.hpp"

namespace bellshard::mdp {

/// `size` items of a field from `first` on, as a host vector.
template <class T>
std::vector<T> to_host(Array<T> const& field, std::int64_t first, std::int64_t size) {
  std::vector<T> host(static_cast<std::size_t>(size));
  auto const begin = static_cast<std::size_t>(first);
  Kokkos::deep_copy(Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>(host.data(), host.size()),
                    Kokkos::subview(field, std::make_pair(begin, begin + host.size())));
  return host;
}

/// Both bounds of `size` items from `first` on.
inline std::pair<std::vector<double>, std::vector<double>> bounds_to_host(dp::Bounds const& bounds, std::int64_t first, std::int64_t size) {
  Array<double> const side("bellshard::mdp::bound", static_cast<std::size_t>(size));
  auto const copy = [&](dp::ShiftedValues const& values) {
    dp::write_values(Execution(), {first, size}, values, side);
    return to_host(side, 0, size);
  };
  auto lower = copy(bounds.lower());
  return {std::move(lower), copy(bounds.upper())};
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
  Array<T> field(Kokkos::view_alloc(Kokkos::WithoutInitializing, label), host.size());
  copy_to_device(host, field, 0);
  return field;
}

}  // namespace bellshard::mdp
