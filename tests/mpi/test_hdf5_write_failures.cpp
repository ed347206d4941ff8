// What stands in the way of writing ends with exit 6 on all ranks, without a hang, and leaves an older file whole.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include "hdf5_fixture.hpp"
#include "io/hdf5/result_file.hpp"
#include "scratch_folder.hpp"
#include "src/base/error.hpp"

using namespace bellshard;
using namespace bellshard::test;

namespace {

/// Files of this process may not grow beyond so many bytes, as under a quota.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit const limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

void write_result(std::filesystem::path const& path, io::ShardedArray const& array, int deflate = 0) {
  io::ResultFile out(MPI_COMM_WORLD, path, some_record(), {100'000});
  auto const row = out.axis("row", array.shape[0], "row");
  auto const column = out.axis("column", array.shape[1], "column");
  out.write(array, {row, column}, {}, deflate);
  out.commit();
}

Error failure_of(std::function<void()> const& part) {
  try {
    part();
  } catch (Error const& error) {
    return error;
  }
  return {ExitCode::done, "no failure"};
}

std::string bytes_of_file(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

io::ShardedArray large(std::int64_t rows) { return HostArray<double>("x", {rows, 100}, uneven(rows)).fill().array; }

}  // namespace

TEST_CASE("a path through a file leads to exit 6 with the system's reason") {
  ScratchFolder folder;
  if (rank() == 0) std::ofstream(folder / "plain") << "a file";
  MPI_Barrier(MPI_COMM_WORLD);

  auto const error = failure_of([&] { write_result(folder / "plain/x.h5", large(10)); });

  CHECK(error.code() == ExitCode::cannot_write);
  CHECK_THAT(error.what(), Catch::Contains((folder / "plain/x.h5").string()) && Catch::Contains("Not a directory"));
}

TEST_CASE("a folder at the result's path leads to exit 6") {
  ScratchFolder folder;
  if (rank() == 0) std::filesystem::create_directory(folder / "x.h5");
  MPI_Barrier(MPI_COMM_WORLD);

  auto const error = failure_of([&] { write_result(folder / "x.h5", large(10)); });

  CHECK(error.code() == ExitCode::cannot_write);
  CHECK_THAT(error.what(), Catch::Contains("Is a directory"));
}

TEST_CASE("a file that may not grow leads to exit 6 and leaves the older one") {
  ScratchFolder folder;
  auto const path = folder / "x.h5";
  auto const deflate = GENERATE(0, 1);
  write_result(path, large(10));
  auto const before = bytes_of_file(path);

  Error error(ExitCode::done, "");
  {
    FileSizeLimit const limit(GENERATE(300'000, 3'000'000));
    error = failure_of([&] { write_result(path, large(5000), deflate); });
  }

  CHECK(error.code() == ExitCode::cannot_write);
  CHECK_THAT(error.what(), Catch::Contains(path.string()) && Catch::Contains("File too large"));
  CHECK((bytes_of_file(path) == before));
  CHECK_FALSE(std::filesystem::exists(path.string() + ".tmp"));
}

TEST_CASE("where one rank cannot fetch its data all ranks throw its error") {
  ScratchFolder folder;
  auto const path = folder / "x.h5";
  auto const deflate = GENERATE(0, 1);
  auto array = large(5000);
  auto const fetch = array.fetch;
  auto const middle = (array.own.begin + array.own.end) / 2;
  array.fetch = [&](Block items, void* host) {
    if (rank() == 0 && items.contains(middle)) fail(ExitCode::out_of_resources, "device lost");
    fetch(items, host);
  };
  bool const can_fail = uneven(5000, 0, ranks()).size() > 0;

  auto const error = failure_of([&] { write_result(path, array, deflate); });

  CHECK(error.code() == (can_fail ? ExitCode::out_of_resources : ExitCode::done));
  CHECK(std::filesystem::exists(path) != can_fail);
  CHECK_FALSE(std::filesystem::exists(path.string() + ".tmp"));
}

TEST_CASE("a result that is not committed leaves nothing") {
  ScratchFolder folder;
  { io::ResultFile out(MPI_COMM_WORLD, folder / "x.h5", some_record()); }
  CHECK(std::filesystem::is_empty(folder.path()));
}

// Needs a small file system: BELLSHARD_TEST_SMALL_DISK names a folder on one of 8 MB.
TEST_CASE("a full disk leads to exit 6 and leaves the older file") {
  char const* const disk = std::getenv("BELLSHARD_TEST_SMALL_DISK");
  if (disk == nullptr) return;
  auto const path = std::filesystem::path(disk) / "x.h5";
  write_result(path, large(10));
  auto const before = bytes_of_file(path);
  auto const rows = GENERATE(range(9000, 10500, 100), values({11000, 50000}));
  auto const deflate = GENERATE(0, 1);

  auto const error = failure_of([&] { write_result(path, large(rows), deflate); });

  INFO("rows " << rows << " deflate " << deflate << ": " << error.what());
  CHECK((error.code() == ExitCode::cannot_write || error.code() == ExitCode::done));
  if (error.code() == ExitCode::cannot_write) {
    CHECK_THAT(error.what(), Catch::Contains("No space left"));
    CHECK((bytes_of_file(path) == before));
  }
  CHECK_FALSE(std::filesystem::exists(path.string() + ".tmp"));
  MPI_Barrier(MPI_COMM_WORLD);
}
