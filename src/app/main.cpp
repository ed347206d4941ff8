#include <optional>

#include "src/app/commands.hpp"
#include "src/app/ending.hpp"
#include "src/app/job_setup.hpp"
#include "src/runtime/session.hpp"

int main(int argc, char** argv) {
  using namespace bellshard;

  // 1. What is asked for? Wrong words are answered before MPI starts.
  CommandLine line;
  auto ending = attempt([&] {
    line = parse_command_line({argv + 1, argv + argc});
    if (!line.job.empty()) find_job(line.job);
    return ExitCode::done;
  });
  if (ending.code != ExitCode::done) return leave_alone(ending);

  // 2. Questions about the program and its jobs need no MPI either: they work on a login node.
  if (!needs_ranks(line.command)) {
    return leave_alone(attempt([&] {
      auto const text = answer(line);
      if (first_process()) print_data(text);
      return ExitCode::done;
    }));
  }

  // 3. MPI and Kokkos, for as long as anything may use them.
  std::optional<Session> session;
  ending = attempt([&] {
    session.emplace(argc, argv);
    return ExitCode::done;
  });
  if (!mpi_runs()) return leave_alone(ending);

  // 4. The command, on all ranks; a rank that found no device still has to tell the others.
  Departure departure(MPI_COMM_WORLD);
  if (ending.code == ExitCode::done) ending = attempt([&] { return perform(line, MPI_COMM_WORLD); });

  // 5. All ranks leave with the same code.
  return departure.leave(ending);
}
