#include <catch2/catch.hpp>
#include <new>
#include <stdexcept>

#include "src/runtime/context.hpp"
#include "src/runtime/session.hpp"

using namespace bellshard;

namespace {

/// What together() throws on this rank, or code `done` where it returns.
std::pair<ExitCode, std::string> outcome(std::function<void()> const& part) {
  try {
    together(MPI_COMM_WORLD, part);
  } catch (Error const& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::done, ""};
}

}  // namespace

TEST_CASE("together returns where no rank fails") { CHECK(outcome([] {}).first == ExitCode::done); }

TEST_CASE("every rank throws what the lowest failing rank threw") {
  Context const context(MPI_COMM_WORLD, {});
  int const lowest = context.ranks() > 1 ? 1 : 0;

  auto const [code, message] = outcome([&] {
    if (context.rank() >= lowest) fail(ExitCode::bad_input, "rank {} has no file", context.rank());
  });

  CHECK(code == ExitCode::bad_input);
  CHECK(message == fmt::format("rank {} has no file", lowest));
}

TEST_CASE("a failure of the last rank alone reaches all") {
  Context const context(MPI_COMM_WORLD, {});

  auto const code = outcome([&] {
                      if (context.rank() == context.ranks() - 1) throw std::bad_alloc();
                    }).first;

  CHECK(code == ExitCode::out_of_resources);
}

TEST_CASE("an exception of another library is a bug with its own text") {
  auto const [code, message] = outcome([] { throw std::runtime_error("odd"); });

  CHECK(code == ExitCode::bug);
  CHECK(message == "odd");
}

TEST_CASE("provenance names versions and places, the same on every rank") {
  auto const facts = machine_provenance(MPI_COMM_WORLD);

  Context const context(MPI_COMM_WORLD, {});
  bool has_ranks = false;
  std::string all;
  for (auto const& [name, value] : facts) {
    if (name == "ranks") has_ranks = std::get<std::int64_t>(value) == context.ranks();
    if (std::holds_alternative<std::string>(value)) all += name + "=" + std::get<std::string>(value) + ";";
  }
  CHECK(has_ranks);
  CHECK(all.find("kokkos=") != std::string::npos);
  CHECK(all.find("OMPI_MCA_fbtl_posix_read_datasieving=0") != std::string::npos);
}
