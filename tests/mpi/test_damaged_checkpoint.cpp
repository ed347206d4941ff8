// Every damaged byte of a checkpoint is found, or nothing that a restart reads depends on it.
#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>

#include "checkpoint_fixture.hpp"

using namespace bellshard;
using namespace bellshard::test;

namespace {

enum class Seen { found, harmless, unseen };

/// What a restart makes of the file as it lies there.
Seen restart(CheckpointStore const& store, std::filesystem::path const& path, std::string const& fingerprint) {
  State state(uneven_reversed(rows));
  try {
    auto const found = store.open(path);
    auto const trace = store.read(found, state.arrays());
    auto const& header = found.header;
    bool const same = header.job == "demo" && header.fingerprint == fingerprint && header.sweep == 3 && header.restart_count == 2 && header.seconds == 1.5 &&
                      trace.size() == 1 && trace[0].name == "residual" && trace[0].values == some_trace(3)[0].values && state.wrong() == 0;
    return same ? Seen::harmless : Seen::unseen;
  } catch (Error const& error) {
    return error.code() == ExitCode::bad_input ? Seen::found : Seen::unseen;
  }
}

/// Each `step`-th byte, one at a time, all its bits turned.
void damage_bytes(std::uint64_t step, std::size_t fingerprint_bytes) {
  ScratchFolder folder;
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean", small_pieces);
  std::string fingerprint;
  for (int line = 0; fingerprint.size() < fingerprint_bytes; ++line) fingerprint += fmt::format("line {} of a drawn map\n", line);
  auto const path = write(store, 3, fingerprint);
  REQUIRE(restart(store, path, fingerprint) == Seen::harmless);

  std::int64_t found = 0, harmless = 0;
  for (std::uint64_t at = 0; at < std::filesystem::file_size(path); at += step) {
    damage(path, at, 1, '\xff');
    auto const seen = restart(store, path, fingerprint);
    INFO("byte " << at);
    CHECK(seen != Seen::unseen);
    found += seen == Seen::found;
    harmless += seen == Seen::harmless;
    damage(path, at, 1, '\xff');
  }
  CHECK(found > harmless);
  if (rank() == 0) std::printf("bytes damaged: %lld found, %lld harmless\n", static_cast<long long>(found), static_cast<long long>(harmless));
}

}  // namespace

// Every byte, which takes minutes: BELLSHARD_EVERY_BYTE=1 mpi_tests "a damaged byte of a checkpoint is found or harmless"
TEST_CASE("a damaged byte of a checkpoint is found or harmless") {
  bool const every = std::getenv("BELLSHARD_EVERY_BYTE") != nullptr;
  bool const alone = ranks() == 1;
  damage_bytes(every ? 1 : alone ? 101 : 503, 6000);
  damage_bytes(every ? 1 : alone ? 1009 : 5003, 70'000);  // HDF5 keeps an attribute beyond 64 KiB apart
}
