#include <catch2/catch.hpp>
#include <fstream>

#include "checkpoint_fixture.hpp"

using namespace bellshard;
using namespace bellshard::test;

namespace {

/// Where a run of bytes that the array holds lies in the file.
std::uint64_t place_of(std::filesystem::path const& path) {
  std::int32_t const wanted[] = {pattern<std::int32_t>(40), pattern<std::int32_t>(41), pattern<std::int32_t>(42)};
  std::ifstream in(path, std::ios::binary);
  std::string const all((std::istreambuf_iterator<char>(in)), {});
  auto const at = all.find(std::string(reinterpret_cast<char const*>(wanted), sizeof wanted));
  REQUIRE(at != std::string::npos);
  return at;
}

struct Warnings {
  std::vector<std::string> texts;
  std::function<void(std::string const&)> sink() {
    return [this](std::string const& text) { texts.push_back(text); };
  }
};

}  // namespace

TEST_CASE("a checkpoint written by one partition restores another") {
  ScratchFolder folder;
  auto const limits = GENERATE(io::checkpoint_limits, small_pieces);
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean", limits);
  write(store, 7);
  State state(uneven_reversed(rows));
  Warnings warnings;

  auto const found = CheckpointStore(MPI_COMM_WORLD, folder / "ocean").newest(warnings.sink());
  REQUIRE(found.has_value());
  auto const trace = store.read(*found, state.arrays());

  CHECK(state.wrong() == 0);
  CHECK(warnings.texts.empty());
  CHECK(found->header.job == "demo");
  CHECK(found->header.fingerprint == "kind = raster");
  CHECK(found->header.sweep == 7);
  CHECK(found->header.restart_count == 2);
  CHECK(found->header.seconds == 1.5);
  REQUIRE(trace.size() == 1);
  CHECK(trace[0].name == "residual");
  CHECK(trace[0].unit == "h");
  CHECK(trace[0].long_name == "largest change");
  CHECK(trace[0].values == some_trace(7)[0].values);
}

TEST_CASE("no checkpoint at all is no error") {
  ScratchFolder folder;
  Warnings warnings;
  CHECK_FALSE(CheckpointStore(MPI_COMM_WORLD, folder / "ocean").newest(warnings.sink()).has_value());
  CHECK_FALSE(CheckpointStore(MPI_COMM_WORLD, folder / "absent" / "ocean").newest(warnings.sink()).has_value());
}

TEST_CASE("the newest two stay, and stems with a common beginning are kept apart") {
  ScratchFolder folder;
  CheckpointStore ocean(MPI_COMM_WORLD, folder / "ocean"), ocean2(MPI_COMM_WORLD, folder / "ocean2");
  auto const other = write(ocean2, 1);
  auto const first = write(ocean, 1), second = write(ocean, 2), third = write(ocean, 3);

  CHECK(third.filename() == "ocean.checkpoint-000003.h5");
  CHECK_FALSE(std::filesystem::exists(first));
  CHECK(std::filesystem::exists(second));
  CHECK(std::filesystem::exists(third));

  MPI_Barrier(MPI_COMM_WORLD);
  ocean.remove_all();
  CHECK_FALSE(std::filesystem::exists(second));
  CHECK_FALSE(std::filesystem::exists(third));
  CHECK(std::filesystem::exists(other));
}

TEST_CASE("a damaged checkpoint is passed over for the one before") {
  ScratchFolder folder;
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean", small_pieces);
  auto const older = write(store, 1), newer = write(store, 2);
  auto const size = std::filesystem::file_size(newer);
  auto const place = place_of(newer);
  MPI_Barrier(MPI_COMM_WORLD);
  std::string expected;
  SECTION("a flipped bit in an array") {
    damage(newer, place, 1, 0x10);
    expected = "/state/action";
  }
  SECTION("a zeroed block") {
    damage(newer, place - 8, 256, 0);
    expected = "checksum";
  }
  SECTION("truncated") {
    if (rank() == 0) std::filesystem::resize_file(newer, size - size / 3);
    MPI_Barrier(MPI_COMM_WORLD);
    expected = "truncated";
  }
  SECTION("cut off within the first bytes") {
    if (rank() == 0) std::filesystem::resize_file(newer, 20);
    MPI_Barrier(MPI_COMM_WORLD);
    expected = "truncated";
  }
  SECTION("empty") {
    if (rank() == 0) std::filesystem::resize_file(newer, 0);
    MPI_Barrier(MPI_COMM_WORLD);
    expected = "no HDF5 file";
  }
  SECTION("zeroed headers") {
    damage(newer, 48, 400, 0);
    expected = newer.filename();
  }
  Warnings warnings;
  State state(uneven_reversed(rows));

  auto const found = store.newest(warnings.sink());

  REQUIRE(found.has_value());
  CHECK(found->path == older);
  CHECK(found->header.sweep == 1);
  REQUIRE(warnings.texts.size() == 1);
  CHECK_THAT(warnings.texts[0], Catch::Contains(newer.filename()) && Catch::Contains(expected));
  store.read(*found, state.arrays());
  CHECK(state.wrong() == 0);

  // The broken one goes with the next write, the whole one stays.
  auto const next = write(store, 3);
  CHECK(std::filesystem::exists(older));
  CHECK_FALSE(std::filesystem::exists(newer));
  CHECK(std::filesystem::exists(next));
}

TEST_CASE("where all checkpoints are broken the run ends with exit 4") {
  ScratchFolder folder;
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean");
  auto const older = write(store, 1), newer = write(store, 2);
  auto const a = place_of(older), b = place_of(newer);
  MPI_Barrier(MPI_COMM_WORLD);
  damage(older, a, 1, 1);
  damage(newer, b, 1, 1);
  Warnings warnings;
  auto code = ExitCode::done;
  std::string text;

  try {
    store.newest(warnings.sink());
  } catch (Error const& error) {
    code = error.code();
    text = error.what();
  }

  CHECK(code == ExitCode::bad_input);
  CHECK(warnings.texts.size() == 2);
  CHECK_THAT(text, Catch::Contains(older.filename()) && Catch::Contains(newer.filename()) && Catch::Contains("--restart never"));
}

TEST_CASE("arrays of another problem are refused") {
  ScratchFolder folder;
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean");
  auto const found = store.open(write(store, 1));

  CHECK_THROWS_WITH(store.read(found, {HostArray<double>("value", {rows, columns + 1}, uneven(rows)).array}), Catch::Contains("another problem"));
  CHECK_THROWS_WITH(store.read(found, {HostArray<float>("value", {rows, columns}, uneven(rows)).array}), Catch::Contains("element type"));
  CHECK_THROWS_WITH(store.read(found, {HostArray<double>("speed", {rows, columns}, uneven(rows)).array}), Catch::Contains("no such dataset"));
}

TEST_CASE("a file that is no checkpoint is refused") {
  ScratchFolder folder;
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean");
  CHECK_THROWS_WITH(store.open(folder / "absent.h5"), Catch::Contains("no such file"));
  if (rank() == 0) std::ofstream(folder / "text.h5") << "words, and more words";
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK_THROWS_WITH(store.open(folder / "text.h5"), Catch::Contains("no HDF5 file"));
}

TEST_CASE("a checkpoint that cannot be written leads to exit 6 and leaves the earlier ones whole") {
  ScratchFolder folder;
  CheckpointStore store(MPI_COMM_WORLD, folder / "ocean");
  write(store, 1);
  auto const second = write(store, 2);
  if (rank() == 0) std::filesystem::create_directory(folder / "ocean.checkpoint-000003.h5.tmp");
  MPI_Barrier(MPI_COMM_WORLD);
  auto code = ExitCode::done;

  try {
    write(store, 3);
  } catch (Error const& error) {
    code = error.code();
  }

  CHECK(code == ExitCode::cannot_write);
  Warnings warnings;
  CHECK(store.newest(warnings.sink())->path == second);
  CHECK(warnings.texts.empty());
}
