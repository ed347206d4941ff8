#pragma once
#include <Kokkos_Core.hpp>
#include <cmath>

namespace bellshard::dp {

/// Ascending values v[0], v[1], ... of one part of a mixture, each of which stands for `weight` of the whole, seen as shift + scale v[i].
struct SortedPart {
  double const* value;
  double weight;
  double shift;
  double head;  ///< the next value, shifted
  int next;
};

/// The quantiles at (2i + 1) / (2 atoms) of a mixture of such parts of `atoms` values each, into into[0 .. atoms-1], ascending: of all laws
/// of so many equal atoms the nearest in Wasserstein-1. Returns that distance. Uses up `part`; their weights times atoms sum to 1. Serial.
KOKKOS_INLINE_FUNCTION double merge_quantiles(SortedPart* part, int parts, double scale, int atoms, double* into) {
  for (int l = 0; l < parts; ++l) {
    part[l].next = 0;
    part[l].head = part[l].shift + scale * part[l].value[0];
  }
  double const cell = 1.0 / atoms, rounding = 1e-12;
  int made = 0, open = 0;     // quantiles that are known, the cell that is being filled
  double filled = 0;          // of the whole, so far
  double distance = 0;
  double below = 0, moment = 0;  // probability and its moment in the open cell before its quantile is known
  for (int k = 0; k < parts * atoms; ++k) {
    int least = 0;
    for (int l = 1; l < parts; ++l) least = part[l].head < part[least].head ? l : least;
    double const x = part[least].head;
    double rest = part[least].weight;
    ++part[least].next;
    part[least].head = part[least].next < atoms ? part[least].shift + scale * part[least].value[part[least].next] : HUGE_VAL;
    while (rest > 0 && open < atoms) {
      bool const first_half = made == open;
      double const end = (first_half ? open + 0.5 : open + 1.0) * cell, room = end - filled;
      // Shares that reach a quantile up to rounding do reach it, in whatever order they came.
      bool const full = rest > room - rounding;
      double const taken = rest < room ? rest : room > 0 ? room : 0;
      rest -= taken;
      filled = full ? end : filled + taken;
      if (first_half) {
        below += taken;
        moment += taken * x;
      } else {
        distance += taken * (x - into[open]);
      }
      if (!full) break;
      if (first_half) {
        into[made++] = x;
        distance += x * below - moment;
        below = moment = 0;
      } else {
        ++open;
      }
    }
  }
  double const most = made > 0 ? into[made - 1] : 0;
  for (; made < atoms; ++made) into[made] = most;  // nor did rounding fill the last cells
  return distance;
}

}  // namespace bellshard::dp
