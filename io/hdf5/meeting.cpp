#include "io/hdf5/meeting.hpp"

#include <chrono>
#include <thread>

#include "src/base/error.hpp"

namespace bellshard::io {

Meeting::Meeting(MPI_Comm comm) { BELLSHARD_MPI(MPI_Comm_dup(comm, &comm_)); }

Meeting::~Meeting() {
  if (!given_up_) MPI_Comm_free(&comm_);
}

bool Meeting::all_come(double patience) {
  if (given_up_) return false;
  MPI_Request barrier = MPI_REQUEST_NULL;
  BELLSHARD_MPI(MPI_Ibarrier(comm_, &barrier));
  auto const start = std::chrono::steady_clock::now();
  int arrived = 0;
  while (true) {
    BELLSHARD_MPI(MPI_Test(&barrier, &arrived, MPI_STATUS_IGNORE));
    if (arrived != 0) return true;
    std::chrono::duration<double> const waited = std::chrono::steady_clock::now() - start;
    if (waited.count() > patience) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  given_up_ = true;
  return false;
}

}  // namespace bellshard::io
