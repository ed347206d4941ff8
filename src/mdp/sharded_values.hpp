#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "io/sharded_array.hpp"
#include "kernels/dp/bounds.hpp"
#include "kernels/execution.hpp"
#include "src/dist/partition.hpp"

namespace bellshard::mdp {

/// The own states of a field (from `first` on in local storage) as the global array [state] that files hold. Storing into it
/// leaves items of other ranks for a later refresh().
template <class T>
io::ShardedArray sharded_values(Partition const& states, Block own, Array<T> const& field, std::int64_t first, std::string name,
                                std::string unit, std::string long_name) {
  using HostPiece = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using ConstHostPiece = Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  auto const piece = [field, first, own](Block items) {
    auto const begin = static_cast<std::size_t>(first + items.begin - own.begin);
    return Kokkos::subview(field, std::make_pair(begin, begin + static_cast<std::size_t>(items.size())));
  };
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::element_type<T>();
  array.shape = {states.size()};
  array.own = own;
  array.unit = std::move(unit);
  array.long_name = std::move(long_name);
  array.fetch = [piece](Block items, void* host) {
    Kokkos::deep_copy(HostPiece(static_cast<T*>(host), static_cast<std::size_t>(items.size())), piece(items));
  };
  array.store = [piece](Block items, void const* host) {
    Kokkos::deep_copy(piece(items), ConstHostPiece(static_cast<T const*>(host), static_cast<std::size_t>(items.size())));
  };
  return array;
}

/// The same for rows: own state s holds the items from (first + s) * width on, with width the product of `row`, as the global array [state, row...].
template <class T>
io::ShardedArray sharded_rows(Partition const& states, Block own, Array<T> const& field, std::int64_t first, std::vector<std::int64_t> const& row, std::string name,
                              std::string long_name) {
  std::int64_t width = 1;
  for (auto const extent : row) width *= extent;
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::element_type<T>();
  array.shape = {states.size()};
  array.shape.insert(array.shape.end(), row.begin(), row.end());
  array.own = own;
  array.long_name = std::move(long_name);
  auto const piece = [field, first, own, width](Block items) {
    auto const begin = static_cast<std::size_t>((first + items.begin - own.begin) * width);
    return Kokkos::subview(field, std::make_pair(begin, begin + static_cast<std::size_t>(items.size() * width)));
  };
  array.fetch = [piece, width](Block items, void* host) {
    using HostPiece = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    Kokkos::deep_copy(HostPiece(static_cast<T*>(host), static_cast<std::size_t>(items.size() * width)), piece(items));
  };
  array.store = [piece, width](Block items, void const* host) {
    using ConstHostPiece = Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    Kokkos::deep_copy(piece(items), ConstHostPiece(static_cast<T const*>(host), static_cast<std::size_t>(items.size() * width)));
  };
  return array;
}

/// One side of bounds, made from the values when it is fetched: no array of its own.
inline io::ShardedArray sharded_bound(Partition const& states, Block own, dp::Bounds const& bounds, bool upper, std::int64_t first,
                                      std::string long_name) {
  io::ShardedArray array;
  array.name = upper ? "upper" : "lower";
  array.type = io::ElementType::float64;
  array.shape = {states.size()};
  array.own = own;
  array.long_name = std::move(long_name);
  array.fetch = [=](Block items, void* host) {
    Array<double> const piece("bellshard::mdp::bound", static_cast<std::size_t>(items.size()));
    dp::write_values(Execution(), {first + items.begin - own.begin, items.size()}, upper ? bounds.upper() : bounds.lower(), piece);
    using HostPiece = Kokkos::View<double*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
    Kokkos::deep_copy(HostPiece(static_cast<double*>(host), piece.size()), piece);
  };
  return array;
}

/// Numbers that every rank holds alike, for checkpoints: each field is written as float64 and read back as what it is. The fields have to
/// outlive what this returns.
template <class... Fields>
io::ShardedArray replicated_numbers(std::string name, std::string long_name, Fields&... fields) {
  constexpr auto count = static_cast<std::int64_t>(sizeof...(fields));
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::ElementType::float64;
  array.shape = {count};
  array.own = {0, count};
  array.replicated = true;
  array.long_name = std::move(long_name);
  array.fetch = [&fields...](Block items, void* host) {
    std::array<double, sizeof...(fields)> const all{static_cast<double>(fields)...};
    std::copy(all.begin() + items.begin, all.begin() + items.end, static_cast<double*>(host));
  };
  array.store = [&fields...](Block items, void const* host) {
    std::array<double, sizeof...(fields)> all{static_cast<double>(fields)...};
    std::copy_n(static_cast<double const*>(host), items.size(), all.begin() + items.begin);
    std::size_t i = 0;
    ((fields = static_cast<Fields>(all[i++])), ...);
  };
  return array;
}

}  // namespace bellshard::mdp
