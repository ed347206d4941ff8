#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <limits>
#include <thread>

#include "src/drive/checkpoint_writer.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/restore.hpp"
#include "src/runtime/stop_signal.hpp"
#include "tests/mpi/averaging_step.hpp"
#include "tests/mpi/scratch_folder.hpp"

using namespace bellshard;
using bellshard::test::AveragingStep;
using bellshard::test::ScratchFolder;

namespace {

constexpr double tolerance = 1e-3;
constexpr double only_when_stopped = std::numeric_limits<double>::infinity();
constexpr char const* problem = "[model]\ndrift = 0.1\nspeed = 30\n";

int all_ranks() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks;
}

/// One rank sends itself a signal after a sweep; the others must learn of it.
std::function<void(std::int64_t)> signal_after(std::int64_t sweep, int signal) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return [=, last = rank == all_ranks() - 1](std::int64_t now) {
    if (now == sweep && last) std::raise(signal);
  };
}

struct Life {
  DriveResult result;
  std::vector<double> values;
  int restored_count = 0;
};

/// One life of the run whose result would be FOLDER/run.h5.
struct Run {
  ScratchFolder const& folder;
  RunOptions options{.checkpoint_every = only_when_stopped};
  DriveOptions drive_options{.output = folder / "run.h5", .fingerprint = problem, .max_sweeps = 10'000, .goal = tolerance};
  io::RunRecord record = {};

  explicit Run(ScratchFolder const& shared) : folder(shared) {
    record.job = "averaging";
    record.title = "a test";
    record.schema = "bellshard.averaging";
  }
  Life live(MPI_Comm comm, Partition const& axis, std::function<void(std::int64_t)> after_sweep = {}) {
    clear_stop_signal();
    install_stop_signals();  // the test framework takes TERM and INT for itself at the start of each test case
    Context context(comm, options, Verbosity::quiet);
    AveragingStep step(comm, axis, tolerance, std::move(after_sweep));
    auto result = drive(context, step, record, drive_options);
    clear_stop_signal();
    return {result, step.values(), step.restored_count};
  }
  Life live(std::function<void(std::int64_t)> after_sweep = {}) {
    return live(MPI_COMM_WORLD, Partition::equal(AveragingStep::items, all_ranks()), std::move(after_sweep));
  }
  Error refusal() {
    try {
      live();
    } catch (Error const& error) {
      return error;
    }
    return Error(ExitCode::done, "not refused");
  }
  /// Collective: what one rank does next must not change what another still counts.
  int checkpoints() const {
    MPI_Barrier(MPI_COMM_WORLD);
    int count = 0;
    for (auto const& entry : std::filesystem::directory_iterator(folder.path())) {
      count += entry.path().filename().string().starts_with("run.checkpoint-") && entry.path().extension() == ".h5";
    }
    MPI_Barrier(MPI_COMM_WORLD);
    return count;
  }
};

Life uninterrupted() {
  ScratchFolder folder;
  return Run{folder}.live();
}

std::vector<double> column(DriveResult const& result, std::string const& name) {
  for (auto const& c : result.trace) {
    if (c.name == name) return c.values;
  }
  return {};
}

/// The same bits, the same number of sweeps, the same residual of each sweep.
void check_same(Life const& restarted, Life const& whole) {
  CHECK(restarted.result.outcome == Outcome::finished);
  CHECK(restarted.result.sweeps == whole.result.sweeps);
  CHECK(restarted.values == whole.values);
  CHECK(restarted.restored_count == 1);
  CHECK(column(restarted.result, "residual") == column(whole.result, "residual"));
}

}  // namespace

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
  REQUIRE(life.result.trace.size() == 4);
  for (auto const& c : life.result.trace) CHECK(static_cast<std::int64_t>(c.values.size()) == life.result.sweeps);
  auto const seconds = column(life.result, "seconds");
  CHECK(std::is_sorted(seconds.begin(), seconds.end()));
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

TEST_CASE("a checkpoint that cannot be written stops nothing, unless it was the last") {
  auto const whole = uninterrupted();
  ScratchFolder folder;
  Run run{folder};
  std::ofstream(folder / "file") << "where a folder would have to be";
  run.drive_options.output = folder / "file" / "run.h5";

  SECTION("at its cadence") {
    run.options.checkpoint_every = 0;
    CHECK(run.live().values == whole.values);
  }
  SECTION("before stopping") {
    clear_stop_signal();
    try {
      run.live(signal_after(3, SIGTERM));
      FAIL("the run said that it can be gone on from");
    } catch (Error const& error) {
      CHECK(error.code() == ExitCode::cannot_write);
    }
    clear_stop_signal();
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

TEST_CASE("the first difference of two job texts is shown with its table") {
  CHECK(first_difference("[a]\nx = 1\n[b]\ny = 2\n", "[a]\nx = 1\n[b]\ny = 3\n") == "[b] y = 2 there, y = 3 here");
  CHECK(first_difference("[a]\nx = 1\n", "[a]\nx = 1\ny = 2\n") == "[a] nothing there, y = 2 here");
  CHECK(first_difference("same\n", "same\n") == "no line differs");
}

TEST_CASE("the summary says how a run ended") {
  DriveResult result;
  result.sweeps = 120;
  result.residual = 9.5e-7;
  result.seconds = 12.3;
  result.life_seconds = 12.3;
  result.updates = 12.3e6;
  result.trace = {{"residual", "h", "", {}}};

  CHECK(summary_line(result, "a/b.h5") == "done: 120 sweeps, residual 9.5e-07 h, 12.3 s, 1.00 M updates/s, a/b.h5");
  result.outcome = Outcome::stopped;
  result.reason = "SIGTERM";
  result.restart_count = 1;
  CHECK(summary_line(result, "b.h5").starts_with("stopped by SIGTERM, run again to go on: 120 sweeps"));
  CHECK(summary_line(result, "b.h5").find("1 restart,") != std::string::npos);
}
