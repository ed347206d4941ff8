#include "src/runtime/session.hpp"

#include <cstdlib>

#include "src/base/error.hpp"
#include "src/runtime/device.hpp"
#include "src/runtime/kokkos_version.hpp"
#include "src/runtime/launcher.hpp"
#include "src/runtime/stop_signal.hpp"

namespace bellshard {
namespace {

/// A process that no launcher started has only itself to talk to: Open MPI then needs neither its daemon nor the network, whose start takes longer than many a run.
void ask_for_little() {
  if (launched()) return;
  setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  setenv("OMPI_MCA_pml", "ob1", 0);
  setenv("OMPI_MCA_btl", "self", 0);
}

}  // namespace

Session::Session(int& argc, char**& argv) {
  ask_for_little();
  setenv("OMPI_MCA_fbtl_posix_read_datasieving", "0", 1);
  setenv("HWLOC_COMPONENTS", "-gl", 0);  // it asks ten X servers, over the network too, what they show
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
