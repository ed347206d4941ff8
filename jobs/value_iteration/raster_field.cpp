#include "jobs/value_iteration/raster_field.hpp"

#include <algorithm>

#include "kernels/dp/raster_cells.hpp"

namespace bellshard::value_iteration {

template <class T>
io::ShardedArray sharded_field(RasterProblem const& problem, Array<T> const& field, std::string name, std::string unit,
                               std::string long_name) {
  using HostPiece = Kokkos::View<T*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  using ConstHostPiece = Kokkos::View<T const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>>;
  auto const layout = problem.model().layout;
  std::int64_t const first = problem.own().begin;
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::element_type<T>();
  array.shape = {problem.geometry().rows, problem.geometry().columns};
  array.own = problem.own();
  array.unit = std::move(unit);
  array.long_name = std::move(long_name);
  array.fetch = [layout, first, field](Block rows, void* host) {
    auto const size = static_cast<std::size_t>(rows.size() * layout.columns);
    Array<T> dense(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dense_rows"), size);
    dp::pack_rows(Execution(), layout, rows.begin - first, rows.size(), Array<T const>(field), dense);
    Kokkos::deep_copy(HostPiece(static_cast<T*>(host), size), dense);
  };
  array.store = [layout, first, field](Block rows, void const* host) {
    auto const size = static_cast<std::size_t>(rows.size() * layout.columns);
    Array<T> dense(Kokkos::view_alloc(Kokkos::WithoutInitializing, "bellshard::dense_rows"), size);
    Kokkos::deep_copy(dense, ConstHostPiece(static_cast<T const*>(host), size));
    dp::unpack_rows(Execution(), layout, rows.begin - first, rows.size(), Array<T const>(dense), field);
    Execution().fence();
  };
  return array;
}

template io::ShardedArray sharded_field(RasterProblem const&, Array<double> const&, std::string, std::string, std::string);
template io::ShardedArray sharded_field(RasterProblem const&, Array<std::uint8_t> const&, std::string, std::string, std::string);

io::ShardedArray replicated_numbers(std::vector<double>& numbers, std::string name, std::string long_name) {
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::ElementType::float64;
  array.shape = {static_cast<std::int64_t>(numbers.size())};
  array.own = {0, array.shape[0]};
  array.replicated = true;
  array.long_name = std::move(long_name);
  array.fetch = [&numbers](Block items, void* host) {
    std::copy(numbers.begin() + items.begin, numbers.begin() + items.end, static_cast<double*>(host));
  };
  array.store = [&numbers](Block items, void const* host) {
    std::copy_n(static_cast<double const*>(host), items.size(), numbers.begin() + items.begin);
  };
  return array;
}

}  // namespace bellshard::value_iteration
