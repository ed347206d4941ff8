#pragma once
#include <string>
#include <vector>

#include "kernels/execution.hpp"

namespace bellshard::mdp {

/// A table of numbers where kernels read it: a member of a generated model.
inline Array<double const> device_table(std::string const& label, std::vector<double> const& values) {
  Array<double> const table(label, values.size());
  Kokkos::View<double const*, Kokkos::HostSpace, Kokkos::MemoryTraits<Kokkos::Unmanaged>> const host(values.data(), values.size());
  Kokkos::deep_copy(table, host);
  return table;
}

}  // namespace bellshard::mdp
