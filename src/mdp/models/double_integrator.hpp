#pragma once
#include <cstdint>

#include "kernels/dp/generated_model.hpp"
#include "src/mdp/models/plane_grid.hpp"

namespace bellshard::mdp {

/// A body that is pushed along a line, on a grid of position and speed (madupite's example): one Euler step of position'' = push,
/// interpolated between grid points and held at the borders. A cost, to be least: position^2 + speed^2.
struct DoubleIntegrator {
  GridAxis position;
  GridAxis speed;
  GridAxis push;  ///< of the actions
  double time_step;

  KOKKOS_FUNCTION std::int64_t states() const { return position.points * speed.points; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return static_cast<int>(push.points); }
  KOKKOS_FUNCTION double reward(std::int64_t state, int) const {
    double const x = position.at(state / speed.points), v = speed.at(state % speed.points);
    return x * x + v * v;
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int action, Visit&& visit) const {
    double const x = position.at(state / speed.points), v = speed.at(state % speed.points);
    interpolate(position, speed, x + time_step * v, v + time_step * push.at(action), visit);
  }
};

}  // namespace bellshard::mdp
