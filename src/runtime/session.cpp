#include "src/runtime/session.hpp"

#include <cstdlib>

#include "src/base/error.hpp"
#include "src/runtime/device.hpp"
#include "src/runtime/kokkos_version.hpp"
#include "src/runtime/stop_signal.hpp"

namespace bellshard {

Session::Session(int& argc, char**& argv) {
  setenv("OMPI_MCA_fbtl_posix_read_datasieving", "0", 1);
  int provided = MPI_THREAD_SINGLE;
  BELLSHARD_MPI(MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided));
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  auto const placement = place_rank(MPI_COMM_WORLD);
  kokkos::initialize(placement.threads, placement.device);
  // After MPI_Init, which may install handlers of its own.
  install_stop_signals();
}

Session::~Session() {
  Kokkos::finalize();
  MPI_Finalize();
}

}  // namespace bellshard
