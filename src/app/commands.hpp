#pragma once
#include <mpi.h>

#include <string>

#include "src/app/command_line.hpp"
#include "src/base/error.hpp"
#include "src/drive/job.hpp"

namespace bellshard {

/// Does this command read files or run a job? The others answer without MPI.
bool needs_ranks(Command command);

/// help, version, list, describe, init: the text that the command asks for.
std::string answer(CommandLine const& line);

/// run, check, inspect, query, diff, convert, gather: collective. The data goes to stdout from rank 0.
ExitCode perform(CommandLine const& line, MPI_Comm comm);

ExitCode run_job(CommandLine const& line, MPI_Comm comm);
ExitCode check_job(CommandLine const& line, MPI_Comm comm);
ExitCode inspect_file(CommandLine const& line, MPI_Comm comm);
ExitCode diff_files(CommandLine const& line, MPI_Comm comm);
ExitCode query_result(CommandLine const& line, MPI_Comm comm);
ExitCode query_index(Context& context, CommandLine const& line);  ///< words of a corpus index
ExitCode gather_results(CommandLine const& line, MPI_Comm comm);
ExitCode convert_model(CommandLine const& line, MPI_Comm comm);

/// Prints to stdout; exit 6 where that fails (a full disk, a closed pipe).
void print_data(std::string const& text);

/// What `check` prints: facts, memory of the fullest rank, and whether the node holds it.
struct Node {
  int ranks = 1;      ///< on the fullest node
  double bytes = 0;   ///< memory of the smallest node
};
std::string estimate_text(Estimate const& estimate, int ranks, Node const& node);
bool fits(Estimate const& estimate, Node const& node);

}  // namespace bellshard
