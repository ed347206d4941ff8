#include "src/app/ending.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <new>

#include "src/base/hash.hpp"
#include "src/runtime/launcher.hpp"
#include "src/runtime/stop_signal.hpp"

namespace bellshard {
namespace {

void say(std::string const& message) {
  fmt::print(stderr, "bellshard: {}\n", message);
  std::fflush(stderr);
}

}  // namespace

Ending attempt(std::function<ExitCode()> const& part) {
  try {
    return {part(), ""};
  } catch (Error const& error) {
    return {error.code(), error.what()};
  } catch (std::bad_alloc const& error) {
    return {ExitCode::out_of_resources,
            fmt::format("out of memory ({}); use more nodes; `bellshard check` estimates what each rank needs", error.what())};
  } catch (std::exception const& error) {
    return {ExitCode::bug, fmt::format("{} (a bug in Bellshard; please report it with the job file)", error.what())};
  }
}

bool first_process() { return launched().value_or("0") == "0"; }

bool mpi_runs() {
  int started = 0, ended = 0;
  MPI_Initialized(&started);
  MPI_Finalized(&ended);
  return started != 0 && ended == 0;
}

int leave_alone(Ending const& ending) {
  if (!ending.message.empty() && first_process()) say(ending.message);
  return static_cast<int>(ending.code);
}

Departure::Departure(MPI_Comm comm, double patience) : meeting_(comm), patience_(patience) { BELLSHARD_MPI(MPI_Comm_rank(comm, &rank_)); }

int Departure::leave(Ending const& ending) {
  bool const failed = !ending.message.empty();
  auto const code = static_cast<int>(ending.code);
  if (!meeting_.all_come(failed ? patience_ : std::numeric_limits<double>::infinity())) {
    say(fmt::format("[rank {}] {}", rank_, ending.message));
    MPI_Abort(meeting_.comm(), code);
  }
  // No rank leaves before all are here. srun --kill-on-bad-exit sends TERM to the others as soon as one has left with 75: a second TERM, which would end
  // a late one at once, and the job with 143.
  ignore_stop_signals();

  // An error outranks every other end: "stopped early, run again" on one rank must not hide a bug on another.
  constexpr int error_rank = 1000;
  int worst = failed ? error_rank + code : code;
  auto const hash = checksum(ending.message);
  std::array<std::uint64_t, 2> same = {hash, ~hash};  // the largest hash, and the complement of the smallest
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_INT, MPI_MAX, meeting_.comm()));
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, same.data(), 2, MPI_UINT64_T, MPI_MAX, meeting_.comm()));

  bool const shared = same[0] == ~same[1];
  if (failed && shared && rank_ == 0) say(ending.message);
  if (failed && !shared) say(fmt::format("[rank {}] {}", rank_, ending.message));
  return worst % error_rank;
}

}  // namespace bellshard
