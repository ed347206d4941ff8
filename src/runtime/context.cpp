#include "src/runtime/context.hpp"

#include <chrono>
#include <new>

namespace bellshard {
namespace {

// Set while the program loads, before main.
auto const program_start = std::chrono::steady_clock::now();

int rank_in(MPI_Comm comm) {
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  return rank;
}

}  // namespace

Context::Context(MPI_Comm comm, RunOptions options, Verbosity verbosity)
    : comm_(comm), rank_(rank_in(comm)), options_(std::move(options)), log_(rank_, verbosity) {
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks_));
}

double Context::seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - program_start).count(); }

}  // namespace bellshard
