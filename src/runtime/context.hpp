#pragma once
#include <mpi.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "src/base/error.hpp"
#include "src/runtime/log.hpp"

namespace bellshard {

enum class Restart { automatic, never, file };

/// What the command line says of a run, the same for every job.
struct RunOptions {
  std::filesystem::path output_dir = ".";
  Restart restart = Restart::automatic;
  std::filesystem::path restart_file = {};  ///< with Restart::file
  double checkpoint_every = 600;            ///< [s]; 0: after every sweep; infinity: only when stopped
  double time_limit = 0;                    ///< [s] since the start of the program; 0: none
  bool verify = false;                      ///< repeat the proof on the file that was written
  int forecast_ranks = 0;                   ///< check: forecast a sweep on as many ranks; 0: none
  std::string command_line = {};
  std::string job_file_text = {};           ///< canonical, all keys with their values
};

/// What every part of a run shares: the communicator, the log, the options, the clock.
class Context {
 public:
  Context(MPI_Comm comm, RunOptions options, Verbosity verbosity = Verbosity::normal);

  MPI_Comm comm() const { return comm_; }
  int rank() const { return rank_; }
  int ranks() const { return ranks_; }
  bool root() const { return rank_ == 0; }
  Log const& log() const { return log_; }
  RunOptions const& options() const { return options_; }
  double seconds() const;  ///< since the start of the program [s]

 private:
  MPI_Comm comm_;
  int rank_ = 0;
  int ranks_ = 1;
  RunOptions options_;
  Log log_;
};

/// Runs a part that may fail on some ranks only (reading, allocating) on every rank; where any rank failed, all ranks throw
/// the Error of the lowest one that did. std::bad_alloc becomes exit 7, any other exception exit 1. Collective, but the part
/// itself must call nothing collective: a rank that failed before it would leave the others waiting.
void together(MPI_Comm comm, std::function<void()> const& part);

}  // namespace bellshard
