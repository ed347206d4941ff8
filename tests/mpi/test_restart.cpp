#include <catch2/catch.hpp>

#include "tests/mpi/drive_fixture.hpp"

using namespace bellshard;
using namespace bellshard::test;

TEST_CASE("several restarts add up") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};

  run.live(signal_after(5, SIGUSR1));
  run.live(signal_after(6, SIGUSR1));
  auto const third = run.live(signal_after(30, SIGTERM));
  auto const last = run.live();

  CHECK(third.result.restart_count == 2);
  CHECK(last.result.restart_count == 3);
  check_same(last, whole);
}

TEST_CASE("a checkpoint moves to another partition and to another number of ranks") {
  auto const whole = uninterrupted();
  int const ranks = all_ranks();
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);

  SECTION("uneven blocks, most of them empty") {
    ScratchFolder folder;
    Run run{folder};
    std::vector<std::int64_t> sizes(static_cast<std::size_t>(ranks), 0);
    sizes.back() += 20;
    sizes.front() += 3;
    run.live(signal_after(17, SIGUSR1));

    check_same(run.live(MPI_COMM_WORLD, Partition::of_sizes(sizes)), whole);
  }

  SECTION("fewer ranks and back to all") {
    ScratchFolder folder;
    Run run{folder};
    int const few = (ranks + 1) / 2;
    MPI_Comm part = MPI_COMM_NULL;
    MPI_Comm_split(MPI_COMM_WORLD, rank < few ? 0 : MPI_UNDEFINED, rank, &part);
    run.live(signal_after(17, SIGUSR1));
    if (part != MPI_COMM_NULL) {
      auto const middle = run.live(part, Partition::equal(AveragingStep::items, few), [](std::int64_t sweep) {
        if (sweep == 40) std::raise(SIGUSR2);
      });
      CHECK(middle.result.sweeps == 40);
      MPI_Comm_free(&part);
    }
    MPI_Barrier(MPI_COMM_WORLD);

    check_same(run.live(), whole);
  }
}

TEST_CASE("a checkpoint of another problem or another job is refused") {
  ScratchFolder folder;
  Run run{folder};
  run.live(signal_after(5, SIGUSR1));

  SECTION("the message shows the first line that differs and the way out") {
    run.drive_options.fingerprint = "[model]\ndrift = 0.2\nspeed = 30\n";

    auto const refusal = run.refusal();

    CHECK(refusal.code() == ExitCode::bad_input);
    std::string const text = refusal.what();
    CHECK(text.find("run.checkpoint-000001.h5") != std::string::npos);
    CHECK(text.find("[model] drift = 0.1 there, drift = 0.2 here") != std::string::npos);
    CHECK(text.find("--restart never") != std::string::npos);
  }
  SECTION("another job") {
    run.record.job = "counting";

    auto const refusal = run.refusal();

    CHECK(refusal.code() == ExitCode::bad_input);
    CHECK(std::string(refusal.what()).find("job averaging, not of counting") != std::string::npos);
  }
  CHECK(run.checkpoints() == 1);
}

TEST_CASE("restart = never starts at sweep 1, and its checkpoints win over the older ones") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  run.drive_options.fingerprint = "[model]\ndrift = 0.9\n";
  run.live(signal_after(30, SIGUSR1));
  run.drive_options.fingerprint = problem;
  run.options.restart = Restart::never;

  auto const fresh = run.live(signal_after(4, SIGUSR1));
  run.options.restart = Restart::automatic;
  auto const last = run.live();

  CHECK(fresh.result.sweeps == 4);
  CHECK(fresh.result.restart_count == 0);
  CHECK(fresh.restored_count == 0);
  check_same(last, whole);
}

TEST_CASE("restart from a named file") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  run.live(signal_after(10, SIGUSR1));
  run.live(signal_after(20, SIGUSR1));
  run.options.restart = Restart::file;

  SECTION("an older one") {
    run.options.restart_file = folder / "run.checkpoint-000001.h5";
    check_same(run.live(), whole);
  }
  SECTION("one that is not there") {
    run.options.restart_file = folder / "other.h5";
    CHECK(run.refusal().code() == ExitCode::bad_input);
  }
}

TEST_CASE("the checkpoints of a finished run can be discarded") {
  ScratchFolder folder;
  Run run{folder};
  run.live(signal_after(5, SIGUSR1));
  REQUIRE(run.checkpoints() == 1);

  Context context(MPI_COMM_WORLD, run.options, Verbosity::quiet);
  discard_checkpoints(context, run.drive_options);

  CHECK(run.checkpoints() == 0);
}
