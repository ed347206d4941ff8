#pragma once
#include <mpi.h>

#include <memory>
#include <string>

#include "src/app/command_line.hpp"
#include "src/config/keys.hpp"
#include "src/drive/job.hpp"

namespace bellshard {

/// A job with its keys, bound to the fields of the job.
struct DeclaredJob {
  std::unique_ptr<Job> job;
  Keys keys;
};

/// The entry of this name; exit 2 with the nearest name where there is none.
JobEntry const& find_job(std::string const& name);

DeclaredJob declare_job(std::string const& name);

/// The job with the values of job file and --set. Collective: rank 0 reads the job file for all. Fills
/// options.job_file_text. Exit 3 or 4 as apply() says, on all ranks together.
DeclaredJob configure_job(CommandLine const& line, MPI_Comm comm, RunOptions& options);

}  // namespace bellshard
