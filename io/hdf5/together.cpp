#include "io/hdf5/together.hpp"

#include <climits>
#include <new>

namespace bellshard::io {
namespace {

std::string broadcast(MPI_Comm comm, std::string text, int source) {
  auto length = static_cast<int>(std::min<std::size_t>(text.size(), INT_MAX));
  BELLSHARD_MPI(MPI_Bcast(&length, 1, MPI_INT, source, comm));
  text.resize(static_cast<std::size_t>(length));
  BELLSHARD_MPI(MPI_Bcast(text.data(), length, MPI_CHAR, source, comm));
  return text;
}

}  // namespace

void together(MPI_Comm comm, Rephrase const& rephrase, std::function<void()> const& part) {
  int code = 0;
  std::string message;
  auto const failed = [&](ExitCode why, std::string what) {
    code = static_cast<int>(why);
    message = std::move(what);
  };
  try {
    part();
  } catch (Hdf5Error const& error) {
    auto const told = rephrase(error);
    failed(told.code(), told.what());
  } catch (Error const& error) {
    failed(error.code(), error.what());
  } catch (std::bad_alloc const&) {
    failed(ExitCode::out_of_resources, "out of memory while reading or writing a file; use more ranks or nodes");
  } catch (std::exception const& error) {
    failed(ExitCode::bug, error.what());
  }

  int const mine = code != 0 ? rank_of(comm) : INT_MAX;
  int speaker = mine;
  BELLSHARD_MPI(MPI_Allreduce(&mine, &speaker, 1, MPI_INT, MPI_MIN, comm));
  if (speaker == INT_MAX) return;
  BELLSHARD_MPI(MPI_Bcast(&code, 1, MPI_INT, speaker, comm));
  throw Error(static_cast<ExitCode>(code), broadcast(comm, message, speaker));
}

std::string from_root(MPI_Comm comm, std::string text) { return broadcast(comm, std::move(text), 0); }

std::int64_t largest(MPI_Comm comm, std::int64_t value) {
  std::int64_t result = value;
  BELLSHARD_MPI(MPI_Allreduce(&value, &result, 1, MPI_INT64_T, MPI_MAX, comm));
  return result;
}

int rank_of(MPI_Comm comm) {
  int rank = 0;
  BELLSHARD_MPI(MPI_Comm_rank(comm, &rank));
  return rank;
}

int ranks_of(MPI_Comm comm) {
  int ranks = 1;
  BELLSHARD_MPI(MPI_Comm_size(comm, &ranks));
  return ranks;
}

}  // namespace bellshard::io
