#include "src/dist/communicator.hpp"

#include "src/base/error.hpp"

namespace bellshard {

Communicator::Communicator(MPI_Comm original) { BELLSHARD_MPI(MPI_Comm_dup(original, &comm_)); }

Communicator::~Communicator() {
  if (comm_ != MPI_COMM_NULL) MPI_Comm_free(&comm_);
}

}  // namespace bellshard
