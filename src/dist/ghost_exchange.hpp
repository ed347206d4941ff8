#pragma once
#include <mpi.h>

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "src/dist/communicator.hpp"
#include "src/dist/partition.hpp"
#include "src/dist/window_exchange.hpp"

namespace bellshard {

/// The own block of an axis plus an indexed set of foreign items (sparse transitions), planned once, repeated each sweep.
///
/// Local storage: the own items, then the foreign ones in ascending order of their global index.
///
///     rank 0 owns 0 1 2, needs 5 7:   [ 0 1 2 | 5 7 ]
///     rank 1 owns 3 4 5, needs 1:     [ 3 4 5 | 1 ]
///
/// start() gathers and posts what other ranks need, finish() waits: compute rows without foreign items in between. Between
/// the two, neither the foreign items may be read nor the own items that others need be written. Construction is collective.
class GhostExchange {
 public:
  /// `foreign`: ascending, each once, none of the own block.
  GhostExchange(MPI_Comm comm, Partition const& axis, std::vector<std::int64_t> foreign, TransferOptions options = {});

  template <class T>
  void start(Kokkos::View<T*> const& local);
  template <class T>
  void finish(Kokkos::View<T*> const& local);
  template <class T>
  void refresh(Kokkos::View<T*> const& local) {
    start(local);
    finish(local);
  }
  /// The same for an array in host memory, for graph search and set-up.
  template <class T>
  void refresh(std::span<T> local) const;

  std::int64_t own_items() const;
  std::int64_t local_items() const;  ///< own + foreign
  /// Where a global item lies in local storage: own ones first; a foreign one must be among `foreign`.
  std::int64_t local_index(std::int64_t item) const;
  std::int64_t items_received() const;  ///< per exchange on this rank, for the byte count of the trace
  std::vector<std::int64_t> const& foreign() const;
};

}  // namespace bellshard
