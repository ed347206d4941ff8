#pragma once
#include <Kokkos_Core.hpp>
#include <cstdint>

#include "kernels/execution.hpp"
#include "kernels/linalg/vectors.hpp"

namespace bellshard::dp {

/// Least and greatest (next - value) of each component: ends [2 * component] holds -least, [2 * component + 1] greatest, so that
/// both grow. component [own state], -1 for none. The ends must start at -infinity.
inline void component_change(Execution const& execution, linalg::Part own, Array<std::int32_t const> const& component,
                             Array<double const> const& value, Array<double const> const& next, Array<double> const& ends) {
  std::int64_t const first = own.first;
  Kokkos::parallel_for(
      "bellshard::dp::component_change", linalg::over(execution, {0, own.size}), KOKKOS_LAMBDA(std::int64_t s) {
        if (component(s) < 0) return;
        double const change = next(first + s) - value(first + s);
        Kokkos::atomic_fetch_max(&ends(2 * component(s)), -change);
        Kokkos::atomic_fetch_max(&ends(2 * component(s) + 1), change);
      });
}

/// One damped step of relative value iteration: value += damping (next - value - middle of the component's change).
inline void relative_step(Execution const& execution, linalg::Part own, Array<std::int32_t const> const& component,
                          Array<double const> const& ends, double damping, Array<double const> const& next, Array<double> const& value) {
  std::int64_t const first = own.first;
  Kokkos::parallel_for(
      "bellshard::dp::relative_step", linalg::over(execution, {0, own.size}), KOKKOS_LAMBDA(std::int64_t s) {
        if (component(s) < 0) return;
        double const middle = 0.5 * (ends(2 * component(s) + 1) - ends(2 * component(s)));
        value(first + s) += damping * (next(first + s) - value(first + s) - middle);
      });
}

}  // namespace bellshard::dp
