#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/dp/generated_model.hpp"
#include "src/mdp/models/plane_grid.hpp"

namespace bellshard::mdp {

/// An inverted pendulum on a grid of angle and speed (madupite's example): one Euler step of angle'' = -9.81 sin(angle) + torque
/// (length and mass 1), interpolated between grid points; the angle is periodic. A cost, to be least:
/// 2 ((angle - pi)^2 + speed^2) + torque^2.
struct Pendulum {
  GridAxis angle;   ///< [rad] 0 .. 2 pi
  GridAxis speed;   ///< [rad/s]
  GridAxis torque;  ///< of the actions
  double time_step; ///< [s]

  KOKKOS_FUNCTION std::int64_t states() const { return angle.points * speed.points; }
  KOKKOS_FUNCTION int actions(std::int64_t) const { return static_cast<int>(torque.points); }
  KOKKOS_FUNCTION double reward(std::int64_t state, int action) const {
    double const off = angle.at(state / speed.points) - 0.5 * angle.high, v = speed.at(state % speed.points), u = torque.at(action);
    return 2 * (off * off + v * v) + u * u;
  }

  template <class Visit>
  KOKKOS_FUNCTION void transitions(std::int64_t state, int action, Visit&& visit) const {
    double const x = angle.at(state / speed.points), v = speed.at(state % speed.points);
    double next = fmod(x + time_step * v, angle.high);
    if (next < 0) next += angle.high;
    interpolate(angle, speed, next, v + time_step * (torque.at(action) - 9.81 * sin(x)), visit);
  }
};

}  // namespace bellshard::mdp
