#pragma once
#include <Kokkos_Core.hpp>

#include "kernels/dp/lanes.hpp"

namespace bellshard::dp {

/// The evenly spaced values that a categorical law gives probabilities to: low, low + step, ..., `atoms` of them.
struct AtomGrid {
  double low = 0;
  double step = 1;
  int atoms = 1;

  KOKKOS_INLINE_FUNCTION double at(int i) const { return low + step * i; }
};

/// The general case of project(), gathered by the atoms that receive, so that lanes share nothing: atom j takes from those that come to lie
/// in (j-1, j+1). `first`: where atom 0 comes to lie, in steps from the lowest. Returns the distance in steps.
template <class Thread>
KOKKOS_INLINE_FUNCTION double project_by_receivers(Thread const& thread, int atoms, double scale, double first, double const* from, double* into) {
  int const last = atoms - 1;
  return sum_lanes(thread, atoms, [&](int j) {
    double const reach = (j - 1 - first) / scale;
    int i = j == 0 || reach < 0 ? 0 : reach < atoms ? static_cast<int>(reach) : atoms;
    double sum = 0, distance = 0;
    for (; i < atoms; ++i) {
      double const off = first + scale * i - j;
      if (off >= 1 && j < last) break;
      bool const beyond = (j == 0 && off < 0) || (j == last && off > 0);
      double const length = off < 0 ? -off : off;
      double const share = beyond ? 1.0 : length < 1 ? 1 - length : 0.0;
      sum += share * from[i];
      distance += share * from[i] * length;
    }
    into[j] += sum;
    return distance;
  });
}

/// The same, scattered by the atoms that give, one after the other: less work for one thread.
KOKKOS_INLINE_FUNCTION double project_by_givers(int atoms, double scale, double first, double const* from, double* into) {
  double const last = atoms - 1;
  double distance = 0;
  for (int i = 0; i < atoms; ++i) {
    double const place = first + scale * i, x = place < 0 ? 0 : place > last ? last : place;
    int const at = static_cast<int>(x), j = at < atoms - 2 ? at : atoms - 2;
    double const upper = x - j, off = place - x;
    into[j] += from[i] * (1 - upper);
    into[j + 1] += from[i] * upper;
    distance += from[i] * (2 * upper * (1 - upper) + (off < 0 ? -off : off));
  }
  return distance;
}

/// The law of scale X + shift laid onto the atoms again, where X takes atom i with probability from[i]: each value goes to its two
/// neighbours, in shares that keep its mean (the nearest law on the atoms in Cramer's distance); what lies beyond an end goes there.
/// Adds to into[atom], which is not `from`; scale in (0, 1]. Returns how far probability moved: at least the Wasserstein-1 distance
/// between the law and what stands for it. 0 where values meet atoms, as on a lattice of whole rewards without a discount.
template <class Thread>
KOKKOS_INLINE_FUNCTION double project(Thread const& thread, AtomGrid const& grid, double scale, double shift, double const* from, double* into) {
  int const last = grid.atoms - 1;
  double const first = (shift + (scale - 1) * grid.low) / grid.step;  // where atom 0 comes to lie, in steps from the lowest
  if (runs_on_host && scale == 1 && first == static_cast<double>(static_cast<long long>(first)) && first > -last && first < last) {
    int const by = static_cast<int>(first);
    int const begin = by < 0 ? -by : 0, end = by > 0 ? grid.atoms - by : grid.atoms;  // atoms that stay inside
    for_lanes(thread, end - begin, [&](int k) { into[begin + by + k] += from[begin + k]; });
    double moved = 0;
    for (int i = 0; i < begin; ++i) into[0] += from[i], moved += from[i] * (-by - i);
    for (int i = end; i < grid.atoms; ++i) into[last] += from[i], moved += from[i] * (i + by - last);
    return moved * grid.step;
  }
  if (last == 0 || !runs_on_host) return grid.step * project_by_receivers(thread, grid.atoms, scale, first, from, into);
  return grid.step * project_by_givers(grid.atoms, scale, first, from, into);
}

}  // namespace bellshard::dp
