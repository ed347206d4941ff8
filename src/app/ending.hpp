#pragma once
#include <mpi.h>

#include <functional>
#include <string>

#include "io/hdf5/meeting.hpp"
#include "src/base/error.hpp"

namespace bellshard {

/// How a part of the program ended on this rank.
struct Ending {
  ExitCode code = ExitCode::done;
  std::string message;  ///< of the error; empty where there was none
};

/// Runs a part and catches what it throws: no memory becomes exit 7, an exception that is no Error exit 1.
Ending attempt(std::function<ExitCode()> const& part);

/// The first process of a run, also before MPI is started: what it was told by the launcher. True without a launcher.
bool first_process();

bool mpi_runs();  ///< between MPI_Init and MPI_Finalize

/// Says the message, if any, from the first process; returns the exit code.
int leave_alone(Ending const& ending);

/// Lets all ranks leave with the same code, whatever happened to some of them. Made at the start of the run, with a
/// communicator of its own, so that ranks that still talk to each other are not disturbed.
class Departure {
 public:
  explicit Departure(MPI_Comm comm, double patience = 5);

  /// Where all ranks come here, the exit code is that of the worst error, else the largest code; an error that all ranks
  /// share is said once. Where a rank comes with an error and the others do not come within `patience` [s], they wait for it
  /// somewhere: it says its error and ends them all with MPI_Abort. Ranks without an error wait.
  int leave(Ending const& ending);

 private:
  io::Meeting meeting_;
  double patience_;
  int rank_ = 0;
};

}  // namespace bellshard
