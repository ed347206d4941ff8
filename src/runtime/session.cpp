#include "src/runtime/session.hpp"

#include <Kokkos_Core.hpp>
#include <cstdlib>

#include "src/base/error.hpp"

namespace bellshard {

Session::Session(int& argc, char**& argv) {
  setenv("OMPI_MCA_fbtl_posix_read_datasieving", "0", 1);
  int provided = 0;
  BELLSHARD_MPI(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided));
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  Kokkos::initialize(argc, argv);
}

Session::~Session() {
  Kokkos::finalize();
  MPI_Finalize();
}

}  // namespace bellshard
