#include <new>
#include <string_view>

#include "src/runtime/context.hpp"

namespace bellshard {
namespace {

struct Failure {
  bool happened = false;
  int code = 0;
  std::string message;
};

Failure out_of_memory() {
  return {true, static_cast<int>(ExitCode::out_of_resources), "out of memory; run on more ranks or nodes (`bellshard check` says what each rank needs)"};
}

Failure attempt(std::function<void()> const& part) {
  try {
    part();
    return {};
  } catch (Error const& error) {
    return {true, static_cast<int>(error.code()), error.what()};
  } catch (std::bad_alloc const&) {
    return out_of_memory();
  } catch (std::exception const& error) {
    // Kokkos before 4 throws no bad_alloc where a View finds no room.
    if (std::string_view(error.what()).find("failed to allocate memory") != std::string_view::npos) return out_of_memory();
    return {true, static_cast<int>(ExitCode::bug), error.what()};
  }
}

}  // namespace

void together(MPI_Comm comm, std::function<void()> const& part) {
  auto failure = attempt(part);

  int rank = 0;
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  int first = failure.happened ? rank : ranks;
  BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm));
  if (first == ranks) return;

  int head[2] = {failure.code, static_cast<int>(failure.message.size())};
  BELLSHARD_MPI(MPI_Bcast(head, 2, MPI_INT, first, comm));
  failure.message.resize(static_cast<std::size_t>(head[1]));
  BELLSHARD_MPI(MPI_Bcast(failure.message.data(), head[1], MPI_CHAR, first, comm));
  throw Error(static_cast<ExitCode>(head[0]), failure.message);
}

}  // namespace bellshard
