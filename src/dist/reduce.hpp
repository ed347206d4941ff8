#pragma once
#include <mpi.h>

#include <cstdint>
#include <span>

namespace bellshard {

// One number of each rank to one number for all; collective. The largest and the smallest do not depend on how the axis is
// cut. A sum of doubles is added in MPI's order: the same for the same ranks, not for another number of them.
// No number may be NaN: MPI leaves open what its largest is.

double max_over_ranks(MPI_Comm comm, double value);
std::int64_t max_over_ranks(MPI_Comm comm, std::int64_t value);
double min_over_ranks(MPI_Comm comm, double value);
std::int64_t min_over_ranks(MPI_Comm comm, std::int64_t value);
double sum_over_ranks(MPI_Comm comm, double value);
std::int64_t sum_over_ranks(MPI_Comm comm, std::int64_t value);

/// The largest of each of several numbers, in place, by one message.
void max_over_ranks(MPI_Comm comm, std::span<double> values);

/// The sum of each of several numbers, in place, by one message.
void sum_over_ranks(MPI_Comm comm, std::span<double> values);

/// True on every rank where it is on any.
bool any_over_ranks(MPI_Comm comm, bool value);

}  // namespace bellshard
