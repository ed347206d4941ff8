#pragma once
#include <mpi.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bellshard {

/// Lifetime of MPI and Kokkos: one object at the top of main, the first to be made and the last to go.
/// Before MPI_Init it switches off Open MPI's read data sieving (wrong values at 3 and more ranks in 4.1.0 to 4.1.4,
/// open-mpi issue 10546), and hwloc's search for X servers. A process that no launcher started gets a folder of its own for Open MPI's session,
/// under TMPDIR; it goes with the object, and stays where the process is killed. Picks device and threads by the local rank; MPI errors return codes (checked by BELLSHARD_MPI);
/// stop signals set a flag from here on.
class Session {
 public:
  Session(int& argc, char**& argv);
  ~Session();
  Session(Session const&) = delete;
  Session& operator=(Session const&) = delete;

 private:
  std::string own_folder_;  ///< of Open MPI's session, where no launcher made one
};

/// Versions and places for /provenance: compiler, Kokkos, MPI, HDF5 excepted (io knows it), back end, host, ranks,
/// threads, devices, Slurm job id, environment variables that were read. The same on every rank; collective.
std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> machine_provenance(MPI_Comm comm);

}  // namespace bellshard
