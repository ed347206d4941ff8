#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/execution.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::dp {

/// Own states whose value stays what it is at every stage. pinned [own state]: 0 free, 1 value 1, 2 value 0.
inline void pin_values(Execution const& execution, linalg::Part own, Array<std::uint8_t const> const& pinned, Array<double> const& values) {
  std::int64_t const first = own.first;
  Kokkos::parallel_for(
      "bellshard::dp::pin_values", linalg::over(execution, {0, own.size}), KOKKOS_LAMBDA(std::int64_t s) {
        if (pinned(s) != 0) values(first + s) = pinned(s) == 1 ? 1.0 : 0.0;
      });
}

}  // namespace bellshard::dp
