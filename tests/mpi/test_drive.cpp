#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "src/drive/checkpoint_writer.hpp"
#include "tests/mpi/drive_fixture.hpp"

using namespace bellshard;
using namespace bellshard::test;

TEST_CASE("a run ends when the step has finished, with a row of the trace for each sweep") {
  ScratchFolder folder;
  Run run{folder};

  auto const life = run.live();

  CHECK(life.result.outcome == Outcome::finished);
  CHECK(life.result.exit_code() == ExitCode::done);
  CHECK(life.result.residual <= tolerance);
  CHECK(life.result.sweeps > 50);
  CHECK(life.result.updates == static_cast<double>(life.result.sweeps * AveragingStep::items));
  CHECK(run.checkpoints() == 0);
  REQUIRE(life.result.trace.size() == 5);
  for (auto const& c : life.result.trace) CHECK(static_cast<std::int64_t>(c.values.size()) == life.result.sweeps);
  auto const seconds = column(life.result, "seconds");
  CHECK(std::is_sorted(seconds.begin(), seconds.end()));
  for (double bytes : column(life.result, "bytes_received")) CHECK(bytes == 8.0 * AveragingStep::items);
}

TEST_CASE("stopped by a signal to one rank and restarted, the bits are those of an uninterrupted run") {
  auto const whole = uninterrupted();
  for (int const signal : {SIGUSR1, SIGUSR2, SIGTERM, SIGINT}) {
    ScratchFolder folder;
    Run run{folder};

    auto const first = run.live(signal_after(17, signal));
    auto const second = run.live();

    CHECK(first.result.outcome == Outcome::stopped);
    CHECK(first.result.exit_code() == ExitCode::stopped_early);
    CHECK(first.result.reason == signal_name(signal));
    CHECK(first.result.sweeps == 17);
    CHECK(second.result.restart_count == 1);
    CHECK(second.result.seconds > first.result.seconds);
    check_same(second, whole);
  }
}

TEST_CASE("stopped by the time limit, before it") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  double const begin = shared_seconds(Context(MPI_COMM_WORLD, {}));  // options are the same on every rank
  run.options.time_limit = begin + 2;
  auto const slow = [](std::int64_t) { std::this_thread::sleep_for(std::chrono::milliseconds(150)); };

  auto const first = run.live(slow);
  double const end = shared_seconds(Context(MPI_COMM_WORLD, {}));
  run.options.time_limit = 0;
  auto const second = run.live();

  CHECK(first.result.outcome == Outcome::stopped);
  CHECK(first.result.reason == "time limit");
  CHECK(first.result.sweeps > 1);
  CHECK(end < begin + 2);
  check_same(second, whole);
}

TEST_CASE("the sweep limit leaves a checkpoint that a larger one goes on from") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  run.drive_options.max_sweeps = 12;

  auto const first = run.live();
  auto const again = run.live();
  run.drive_options.max_sweeps = 10'000;
  auto const last = run.live();

  CHECK(first.result.outcome == Outcome::sweep_limit);
  CHECK(first.result.exit_code() == ExitCode::not_converged);
  CHECK(first.result.sweeps == 12);
  CHECK(again.result.outcome == Outcome::sweep_limit);
  CHECK(again.values == first.values);
  CHECK(again.result.residual == first.result.residual);
  check_same(last, whole);
}

TEST_CASE("a checkpoint after every sweep survives a crash at any of them") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  run.options.checkpoint_every = 0;
  auto const crash = [](std::int64_t sweep) {
    if (sweep == 9) fail(ExitCode::bug, "crash");
  };

  CHECK_THROWS_AS(run.live(crash), Error);
  CHECK(run.checkpoints() == 2);
  run.options.checkpoint_every = only_when_stopped;
  std::int64_t resumed_at = 0;
  auto const last = run.live([&](std::int64_t sweep) {
    if (resumed_at == 0) resumed_at = sweep;
  });

  CHECK(resumed_at == 9);
  check_same(last, whole);
}

TEST_CASE("a checkpoint that cannot be written stops nothing, unless it was the last") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  run.drive_options.output = folder / "out" / "run.h5";
  // The folder could be written when the run began; then a file takes its place.
  auto const vanish = [&](std::int64_t sweep) {
    int rank = 0;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (sweep != 1 || rank != 0) return;
    std::filesystem::remove_all(folder / "out");
    std::ofstream(folder / "out") << "where a folder would have to be";
  };

  SECTION("at its cadence") {
    run.options.checkpoint_every = 0;
    CHECK(run.live(vanish).values == whole.values);
  }
  SECTION("before stopping") {
    clear_stop_signal();
    auto const stop = signal_after(3, SIGTERM);
    try {
      run.live([&](std::int64_t sweep) {
        vanish(sweep);
        stop(sweep);
      });
      FAIL("the run said that it can be gone on from");
    } catch (Error const& error) {
      CHECK(error.code() == ExitCode::cannot_write);
    }
    clear_stop_signal();
  }
}

TEST_CASE("a result that cannot be written is found before the first sweep") {
  ScratchFolder folder;
  Run run{folder};
  std::ofstream(folder / "file") << "where a folder would have to be";
  run.drive_options.output = folder / "file" / "run.h5";
  std::int64_t sweeps = 0;

  try {
    run.live([&](std::int64_t) { ++sweeps; });
    FAIL("the run did not look at its output");
  } catch (Error const& error) {
    CHECK(error.code() == ExitCode::cannot_write);
  }

  CHECK(sweeps == 0);
}
