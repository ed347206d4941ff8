#include "src/runtime/session.hpp"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "src/base/error.hpp"
#include "src/runtime/device.hpp"
#include "src/runtime/kokkos_version.hpp"
#include "src/runtime/launcher.hpp"
#include "src/runtime/stop_signal.hpp"

namespace bellshard {
namespace {

/// A process that no launcher started has only itself to talk to: Open MPI then needs neither its daemon nor the network, whose start takes longer than many a run.
/// Such processes of one user would all keep their session in the same folder, and the first to end would take it from the others: each gets its own, which is returned.
std::string ask_for_little() {
  if (launched()) return "";
  setenv("OMPI_MCA_ess_singleton_isolated", "1", 0);
  setenv("OMPI_MCA_pml", "ob1", 0);
  setenv("OMPI_MCA_btl", "self", 0);
  std::error_code none;
  auto folder = (std::filesystem::temp_directory_path(none) / "bellshard-mpi-XXXXXX").string();
  if (none || std::getenv("OMPI_MCA_orte_tmpdir_base") != nullptr || mkdtemp(folder.data()) == nullptr) return "";
  setenv("OMPI_MCA_orte_tmpdir_base", folder.c_str(), 0);
  return folder;
}

}  // namespace

Session::Session(int& argc, char**& argv) : own_folder_(ask_for_little()) {
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
  std::error_code ignored;
  if (!own_folder_.empty()) std::filesystem::remove_all(own_folder_, ignored);
}

}  // namespace bellshard
