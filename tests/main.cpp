// Own main: MPI and Kokkos live longer than any test, and the exit code is the worst of all ranks.
#define CATCH_CONFIG_RUNNER
#include <mpi.h>

#include <catch2/catch.hpp>
#include <cstdio>

#include "src/runtime/session.hpp"

int main(int argc, char** argv) {
  bellshard::Session session(argc, argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  int code = Catch::Session().run(argc, argv);
  int worst = code;
  MPI_Allreduce(&code, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
  if (rank == 0 && worst != code) std::fprintf(stderr, "another rank failed with %d\n", worst);
  return worst;
}
