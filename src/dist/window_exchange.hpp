#pragma once
#include <mpi.h>

#include <Kokkos_Core.hpp>
#include <cstdint>
#include <vector>

#include "src/dist/communicator.hpp"
#include "src/dist/partition.hpp"
#include "src/runtime/device.hpp"
#include "src/runtime/kokkos_version.hpp"

namespace bellshard {

/// How an exchange moves its bytes; the defaults suit every machine, tests choose others.
struct TransferOptions {
  DeviceTransfer way = device_transfer();
  std::int64_t piece_bytes = std::int64_t{1} << 30;  ///< of one MPI call, whose counts overflow beyond 2^31
};

/// The own block of an axis plus a margin of the previous stage on both sides, refreshed from the ranks that own it.
///
/// Local storage, one View<T*> on the execution space's memory: (margin_low + own + margin_high) items of the axis, each of
/// `width` elements, dense: item i of the axis lies at (i - own.begin + margin_low) * width. A margin may span several ranks,
/// and ranks with an empty block neither send, receive nor hold anything up. Margin items beyond the ends of the axis are
/// left alone.
///
///     rank 0: owns 0 1 2     [ - | 0 1 2 | 3 ]
///     rank 1: owns 3 4       [ 2 | 3 4 | 5 ]       margin_low = margin_high = 1
///     rank 2: owns 5 6       [ 4 | 5 6 | - ]
///
/// start() posts the transfers of the own border items, finish() waits for them: compute the interior in between. Between
/// the two neither the margins may be read nor the own border items be written. The same object serves many sweeps, one
/// exchange at a time. start() waits for the kernels launched before it on the default instance of the execution space;
/// kernels launched there after finish() see the new margins. Construction is collective.
class WindowExchange {
 public:
  WindowExchange(MPI_Comm comm, Partition const& axis, std::int64_t margin_low, std::int64_t margin_high, std::int64_t width,
                 TransferOptions options = {});

  template <class T>
  void start(Kokkos::View<T*> const& local) {
    start_bytes(reinterpret_cast<char*>(local.data()), local.size(), sizeof(T));
  }
  template <class T>
  void finish(Kokkos::View<T*> const& local) {
    finish_bytes(reinterpret_cast<char*>(local.data()), local.size(), sizeof(T));
  }

  std::int64_t items_received() const;  ///< per exchange on this rank, for the byte count of the trace

 private:
  /// A run of items that goes to or comes from one rank.
  struct Strip {
    int rank;
    std::int64_t first;  ///< in local storage [item]
    std::int64_t items;
    std::int64_t boxed;  ///< in the staging buffer [item]
  };
  enum class Direction { send, receive };
  using Box = Kokkos::View<char*, kokkos::PinnedSpace>;

  void plan(Partition const& axis, std::int64_t margin_low, std::int64_t margin_high);
  void start_bytes(char* local, std::size_t elements, std::int64_t element_bytes);
  void finish_bytes(char* local, std::size_t elements, std::int64_t element_bytes);
  void post(std::vector<Strip> const& strips, char* base, std::int64_t item_bytes, Direction direction);

  Communicator comm_;
  TransferOptions options_;
  std::int64_t width_;
  std::int64_t local_items_ = 0;
  std::vector<Strip> sends_;
  std::vector<Strip> receives_;
  std::vector<MPI_Request> requests_;
  Box outbox_;
  Box inbox_;
};

}  // namespace bellshard
