#pragma once
#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "src/drive/drive.hpp"
#include "src/runtime/stop_signal.hpp"
#include "tests/mpi/averaging_step.hpp"
#include "tests/mpi/scratch_folder.hpp"

namespace bellshard::test {

inline constexpr double tolerance = 1e-3;
inline constexpr double only_when_stopped = std::numeric_limits<double>::infinity();
inline constexpr char const* problem = "[model]\ndrift = 0.1\nspeed = 30\n";

inline int all_ranks() {
  int ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  return ranks;
}

/// One rank sends itself a signal after a sweep; the others must learn of it.
inline std::function<void(std::int64_t)> signal_after(std::int64_t sweep, int signal) {
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
  DriveOptions drive_options{.output = folder / "run.h5", .part = {}, .fingerprint = problem, .max_sweeps = 10'000, .goal = tolerance};
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

inline Life uninterrupted() {
  ScratchFolder folder;
  return Run{folder}.live();
}

inline std::vector<double> column(DriveResult const& result, std::string const& name) {
  for (auto const& c : result.trace) {
    if (c.name == name) return c.values;
  }
  return {};
}

/// The same bits, the same number of sweeps, the same residual of each sweep.
inline void check_same(Life const& restarted, Life const& whole) {
  CHECK(restarted.result.outcome == Outcome::finished);
  CHECK(restarted.result.sweeps == whole.result.sweeps);
  CHECK(restarted.values == whole.values);
  CHECK(restarted.restored_count == 1);
  CHECK(column(restarted.result, "residual") == column(whole.result, "residual"));
}

}  // namespace bellshard::test
