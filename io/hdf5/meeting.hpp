#pragma once
#include <mpi.h>

namespace bellshard::io {

/// A place where ranks wait for each other no longer than they want to. It has a communicator of its own, so that ranks that still talk
/// to each other are not disturbed. Making it is collective.
class Meeting {
 public:
  explicit Meeting(MPI_Comm comm);
  ~Meeting();
  Meeting(Meeting const&) = delete;
  Meeting& operator=(Meeting const&) = delete;

  MPI_Comm comm() const { return comm_; }

  /// True as soon as all ranks have come; false where some have not after `patience` [s], and then for good: the ranks that are
  /// missing wait for this one elsewhere.
  bool all_come(double patience);

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  bool given_up_ = false;
};

/// What a file, which is closed collectively, grants the other ranks when it is left by an exception [s].
inline constexpr double patience_on_failure = 2;

}  // namespace bellshard::io
