#include "src/dist/gather.hpp"

#include "src/base/error.hpp"

namespace bellshard {

std::vector<double> gather_from_ranks(MPI_Comm comm, std::vector<double> const& own) {
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  int const count = static_cast<int>(own.size());
  std::vector<int> counts(static_cast<std::size_t>(ranks)), offsets(static_cast<std::size_t>(ranks));
  BELLSHARD_MPI(MPI_Allgather(&count, 1, MPI_INT, counts.data(), 1, MPI_INT, comm));
  int total = 0;
  for (std::size_t r = 0; r < counts.size(); ++r) {
    offsets[r] = total;
    total += counts[r];
  }
  std::vector<double> all(static_cast<std::size_t>(total));
  BELLSHARD_MPI(MPI_Allgatherv(own.data(), count, MPI_DOUBLE, all.data(), counts.data(), offsets.data(), MPI_DOUBLE, comm));
  return all;
}

void broadcast_from_root(MPI_Comm comm, std::span<double> numbers) {
  BELLSHARD_MPI(MPI_Bcast(numbers.data(), static_cast<int>(numbers.size()), MPI_DOUBLE, 0, comm));
}

}  // namespace bellshard
