#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "src/base/error.hpp"
#include "src/runtime/folder_lock.hpp"

using bellshard::FolderLock;
using bellshard::LockHolder;
using bellshard::LockTimes;
using namespace std::chrono_literals;

namespace {

struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("bellshard-lock-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path lock() const { return path / ".bellshard.lock"; }
  void hold(LockHolder const& holder) const { std::ofstream(lock()) << holder.text(); }
  LockHolder holder() const {
    std::ifstream in(lock());
    return LockHolder::parse({std::istreambuf_iterator<char>(in), {}});
  }
};

struct Variable {
  char const* name;
  Variable(char const* name, char const* value) : name(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name); }
};

LockHolder elsewhere() {
  auto holder = LockHolder::self();
  holder.host = "far";
  holder.machine = "another";
  return holder;
}

constexpr LockTimes quick{50ms, 300ms, 100ms};

std::string refusal(Folder const& folder) {
  try {
    FolderLock const second(folder.path, {}, quick);
  } catch (bellshard::Error const& error) {
    CHECK(error.code() == bellshard::ExitCode::cannot_write);
    return error.what();
  }
  return "";
}

/// What is said when it is taken.
std::string taken(Folder const& folder) {
  std::string said;
  FolderLock const lock(folder.path, [&](std::string const& text) { said += text + "\n"; }, quick);
  CHECK(folder.holder().process == ::getpid());
  return said;
}

}  // namespace

TEST_CASE("a folder is locked while it is held, and free afterwards") {
  Folder const folder;

  {
    FolderLock const lock(folder.path);
    CHECK(folder.holder().process == ::getpid());
    CHECK_THAT(refusal(folder), Catch::Contains("another run writes here, process " + std::to_string(::getpid())) && Catch::Contains("choose another folder"));
    CHECK(folder.holder().process == ::getpid());
  }

  CHECK(std::filesystem::is_empty(folder.path));
  CHECK(taken(folder).empty());
}

TEST_CASE("a lock counts while it is held") {
  Folder const folder;
  FolderLock const lock(folder.path, {}, quick);

  auto const before = folder.holder();
  std::this_thread::sleep_for(500ms);
  auto const after = folder.holder();

  CHECK(after.beat > before.beat);
  CHECK(after.process_start == before.process_start);
  CHECK(after.since == before.since);
}

TEST_CASE("the lock of a process that has ended is taken over") {
  Folder const folder;
  auto holder = LockHolder::self();
  holder.process = 1 << 22;  // the kernel gives out smaller numbers
  folder.hold(holder);
  CHECK_THAT(taken(folder), Catch::Contains("that process has ended"));

  holder = LockHolder::self();
  holder.process_start -= 1;  // its number was given out again
  folder.hold(holder);
  CHECK_THAT(taken(folder), Catch::Contains("that process has ended"));
}

TEST_CASE("an earlier life of the same job is over") {
  Folder const folder;
  Variable const job("SLURM_JOB_ID", "12"), restarts("SLURM_RESTART_COUNT", "2");
  auto holder = elsewhere();
  holder.slurm_restarts = 1;
  folder.hold(holder);

  auto const start = std::chrono::steady_clock::now();
  CHECK_THAT(taken(folder), Catch::Contains("earlier life of this job"));

  CHECK(std::chrono::steady_clock::now() - start < quick.watch);  // nobody watched it
}

TEST_CASE("another task of an array is another job") {
  Folder const folder;
  Variable const job("SLURM_JOB_ID", "14"), array("SLURM_ARRAY_JOB_ID", "12"), task("SLURM_ARRAY_TASK_ID", "2"), restarts("SLURM_RESTART_COUNT", "2");
  auto holder = elsewhere();
  holder.slurm_job = "12_1";
  holder.slurm_restarts = 0;
  folder.hold(holder);

  CHECK(LockHolder::self().slurm_job == "12_2");
  CHECK_THAT(taken(folder), Catch::Contains("nothing was heard of it"));
}

TEST_CASE("a lock of another machine is watched: who counts on is there") {
  Folder const folder;
  auto holder = elsewhere();
  folder.hold(holder);
  CHECK_THAT(taken(folder), Catch::Contains("process " + std::to_string(holder.process) + " on far") && Catch::Contains("nothing was heard of it"));

  folder.hold(holder);
  std::thread counts([&] {
    std::this_thread::sleep_for(100ms);
    ++holder.beat;
    folder.hold(holder);
  });
  CHECK_THAT(refusal(folder), Catch::Contains("on far"));
  counts.join();
  CHECK(folder.holder().host == "far");
}

TEST_CASE("a lock that went to another run is not removed") {
  Folder const folder;

  {
    FolderLock const lock(folder.path, {}, {1h, 1h, 1h});
    folder.hold(elsewhere());
  }

  CHECK(folder.holder().host == "far");
}

TEST_CASE("a folder that nobody can write to") {
  CHECK_THROWS_WITH(FolderLock("/proc/self"), Catch::Contains("cannot be written") && Catch::Contains("-o"));
}
