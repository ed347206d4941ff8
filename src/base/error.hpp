#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace bellshard {

/// What the program ends with; the table stands in README.md.
enum class ExitCode : int {
  done = 0,
  bug = 1,
  bad_command_line = 2,
  bad_job_file = 3,
  bad_input = 4,
  not_converged = 5,
  cannot_write = 6,
  out_of_resources = 7,
  verification_failed = 8,
  stopped_early = 75,
};

/// The one exception of Bellshard: a message for people and the exit code that it leads to.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, std::string const& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

template <class... Args>
[[noreturn]] void fail(ExitCode code, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(code, fmt::format(text, std::forward<Args>(args)...));
}

[[noreturn]] void fail_contract(char const* condition, char const* file, int line);
[[noreturn]] void fail_library(char const* library, char const* call, std::string const& text, char const* file, int line);

}  // namespace bellshard

/// A contract between our own parts; checked in debug builds, costs nothing in release builds. Host code only.
#ifdef BELLSHARD_CONTRACTS
#define BELLSHARD_EXPECT(condition) \
  ((condition) ? static_cast<void>(0) : ::bellshard::fail_contract(#condition, __FILE__, __LINE__))
#else
#define BELLSHARD_EXPECT(condition) static_cast<void>(0)
#endif

/// Input of the user's that must hold; always checked, leads to exit 4. Say the problem, why, and the way out.
#define BELLSHARD_INPUT(condition, ...)                                          \
  do {                                                                           \
    if (!(condition)) ::bellshard::fail(::bellshard::ExitCode::bad_input, __VA_ARGS__); \
  } while (false)

/// An MPI call that must succeed; leads to exit 1 with MPI's own text. The includer sees mpi.h.
#define BELLSHARD_MPI(call)                                                              \
  do {                                                                                   \
    int const bellshard_mpi_code = (call);                                               \
    if (bellshard_mpi_code != MPI_SUCCESS) {                                             \
      char bellshard_mpi_text[MPI_MAX_ERROR_STRING] = {0};                               \
      int bellshard_mpi_length = 0;                                                      \
      MPI_Error_string(bellshard_mpi_code, bellshard_mpi_text, &bellshard_mpi_length);   \
      ::bellshard::fail_library("MPI", #call, bellshard_mpi_text, __FILE__, __LINE__);   \
    }                                                                                    \
  } while (false)
