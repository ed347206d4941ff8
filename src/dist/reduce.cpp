#include "src/dist/reduce.hpp"

#include "src/base/error.hpp"

namespace bellshard {
namespace {

double reduce(MPI_Comm comm, double value, MPI_Op op) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_DOUBLE, op, comm));
  return value;
}

std::int64_t reduce(MPI_Comm comm, std::int64_t value, MPI_Op op) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &value, 1, MPI_INT64_T, op, comm));
  return value;
}

}  // namespace

double max_over_ranks(MPI_Comm comm, double value) { return reduce(comm, value, MPI_MAX); }
std::int64_t max_over_ranks(MPI_Comm comm, std::int64_t value) { return reduce(comm, value, MPI_MAX); }
double min_over_ranks(MPI_Comm comm, double value) { return reduce(comm, value, MPI_MIN); }
std::int64_t min_over_ranks(MPI_Comm comm, std::int64_t value) { return reduce(comm, value, MPI_MIN); }
double sum_over_ranks(MPI_Comm comm, double value) { return reduce(comm, value, MPI_SUM); }
std::int64_t sum_over_ranks(MPI_Comm comm, std::int64_t value) { return reduce(comm, value, MPI_SUM); }

void max_over_ranks(MPI_Comm comm, std::span<double> values) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_MAX, comm));
}

void sum_over_ranks(MPI_Comm comm, std::span<double> values) {
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, comm));
}

bool any_over_ranks(MPI_Comm comm, bool value) { return reduce(comm, std::int64_t{value}, MPI_MAX) != 0; }

}  // namespace bellshard
