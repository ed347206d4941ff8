#pragma once
#include <mpi.h>

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <vector>

#include "src/dist/partition.hpp"

namespace bellshard {

/// The own block of an axis plus a margin of the previous stage on both sides, refreshed from the ranks that own it.
///
/// Local storage, one View<T*> on the execution space's memory: (margin_low + own + margin_high) items of the axis, each of
/// `width` elements, dense: item i of the axis lies at (i - own.begin + margin_low) * width. A margin may span several ranks,
/// and ranks with an empty block neither send nor hold anything up. Margin items beyond the ends of the axis are left alone.
///
///     rank 0: owns 0 1 2     [ - | 0 1 2 | 3 ]
///     rank 1: owns 3 4       [ 2 | 3 4 | 5 ]       margin_low = margin_high = 1
///     rank 2: owns 5 6       [ 4 | 5 6 | - ]
///
/// start() posts the transfers of the own border items, finish() waits for them: compute the interior in between. Between
/// the two neither the margins may be read nor the own border items be written. The same object serves many sweeps.
class WindowExchange {
 public:
  WindowExchange(MPI_Comm comm, Partition const& axis, std::int64_t margin_low, std::int64_t margin_high, std::int64_t width);

  template <class T>
  void start(Kokkos::View<T*> const& local);
  template <class T>
  void finish(Kokkos::View<T*> const& local);

  std::int64_t items_received() const;  ///< per exchange on this rank, for the byte count of the trace
};

}  // namespace bellshard
