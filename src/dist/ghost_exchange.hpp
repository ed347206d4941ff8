#pragma once
#include <mpi.h>

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/execution.hpp"
#include "src/dist/communicator.hpp"
#include "src/dist/partition.hpp"
#include "src/dist/window_exchange.hpp"

namespace bellshard {

/// Where foreign items lie in local storage: all behind the own ones, or those of lower ranks before them, so that the whole
/// storage ascends by global index and items that are neighbours globally are neighbours there.
enum class ForeignPlace { behind, around };

/// The own block of an axis plus an indexed set of foreign items (sparse transitions), planned once, repeated each sweep.
///
/// Local storage with ForeignPlace::behind: the own items, then the foreign ones in ascending order of their global index.
///
///     rank 0 owns 0 1 2, needs 5 7:   [ 0 1 2 | 5 7 ]
///     rank 1 owns 3 4 5, needs 1 6:   [ 3 4 5 | 1 6 ]          around:   [ 1 | 3 4 5 | 6 ]
///
/// start() gathers and posts what other ranks need, finish() waits: compute rows without foreign items in between. Between
/// the two, neither the foreign items may be read nor the own items that others need be written. One exchange at a time;
/// start() waits for the kernels launched before it on the default instance of the execution space, and kernels launched
/// there after finish() see the new items. Elements of 1, 4 or 8 bytes, or rows of 8-byte elements: item i is then
/// local[i * width .. (i + 1) * width - 1]. Construction and every exchange are collective.
class GhostExchange {
 public:
  /// `foreign`: ascending, each once, none of the own block.
  GhostExchange(MPI_Comm comm, Partition const& axis, std::vector<std::int64_t> foreign, TransferOptions options = {},
                ForeignPlace place = ForeignPlace::behind);

  template <class T, class... Properties>
  void start(Kokkos::View<T*, Properties...> const& local) {
    start_bytes(reinterpret_cast<char*>(local.data()), local.extent(0), sizeof(T));
  }
  template <class T, class... Properties>
  void finish(Kokkos::View<T*, Properties...> const& local) {
    finish_bytes(reinterpret_cast<char*>(local.data()), local.extent(0), sizeof(T));
  }
  template <class T, class... Properties>
  void start_rows(Kokkos::View<T*, Properties...> const& local, std::int64_t width) {
    start_bytes(reinterpret_cast<char*>(local.data()), local.extent(0) / static_cast<std::size_t>(width), static_cast<std::int64_t>(sizeof(T)) * width);
  }
  template <class T, class... Properties>
  void finish_rows(Kokkos::View<T*, Properties...> const& local, std::int64_t width) {
    finish_bytes(reinterpret_cast<char*>(local.data()), local.extent(0) / static_cast<std::size_t>(width), static_cast<std::int64_t>(sizeof(T)) * width);
  }
  template <class T, class... Properties>
  void refresh(Kokkos::View<T*, Properties...> const& local) {
    start(local);
    finish(local);
  }
  /// The same for an array in host memory, for graph search and set-up.
  template <class T>
  void refresh(std::span<T> local) const {
    refresh_bytes(reinterpret_cast<char*>(local.data()), local.size(), sizeof(T));
  }

  std::int64_t own_items() const { return own_.size(); }
  std::int64_t own_first() const { return own_first_; }  ///< where the own items begin in local storage
  std::int64_t local_items() const { return own_items() + items_received(); }
  /// Where a global item lies in local storage; a foreign one must be among `foreign`.
  std::int64_t local_index(std::int64_t item) const;
  std::int64_t items_received() const { return static_cast<std::int64_t>(foreign_.size()); }  ///< per exchange on this rank
  std::int64_t items_sent() const { return static_cast<std::int64_t>(sent_on_host_.extent(0)); }
  std::vector<std::int64_t> const& foreign() const { return foreign_; }

 private:
  /// What one rank gets from this one, or gives to it: a run of `sent_`, or of `foreign_`.
  struct Strip {
    int rank;
    std::int64_t first;
    std::int64_t items;
  };
  enum class Direction { send, receive };
  using Box = Kokkos::View<char*, kokkos::PinnedSpace>;

  void plan(Partition const& axis);
  std::int64_t foreign_place(std::int64_t k) const { return k < own_first_ ? k : k + own_items(); }
  void start_bytes(char* local, std::size_t elements, std::int64_t item_bytes);
  void finish_bytes(char* local, std::size_t elements, std::int64_t item_bytes);
  void refresh_bytes(char* local, std::size_t elements, std::int64_t item_bytes) const;
  void post(Strip const& strip, char* data, std::int64_t item_bytes, Direction direction, std::vector<MPI_Request>& requests) const;

  Communicator comm_;
  TransferOptions options_;
  Block own_;
  std::vector<std::int64_t> foreign_;
  std::int64_t own_first_ = 0;
  std::vector<Strip> sends_;
  std::vector<Strip> receives_;
  Array<std::int64_t> sent_;                     ///< [sent item] its place in local storage
  Array<std::int64_t>::HostMirror sent_on_host_;
  std::vector<MPI_Request> requests_;
  Array<char> packed_;  ///< outbox in the memory of the kernels, where MPI reaches it
  Box outbox_;
  Box inbox_;
};

}  // namespace bellshard
