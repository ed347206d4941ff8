#pragma once
#include <mpi.h>

#include <utility>

namespace bellshard {

/// A duplicate of a communicator, so that messages inside never meet those of its owner. Made collectively; freed with it,
/// which must be before the Session ends.
class Communicator {
 public:
  explicit Communicator(MPI_Comm original);
  ~Communicator();
  Communicator(Communicator&& other) noexcept : comm_(std::exchange(other.comm_, MPI_COMM_NULL)) {}
  Communicator& operator=(Communicator&& other) noexcept {
    std::swap(comm_, other.comm_);
    return *this;
  }

  MPI_Comm get() const { return comm_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

}  // namespace bellshard
