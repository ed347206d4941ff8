// A job for the tests of the program itself: it ends as its job file says, on one rank or on all.
#include <mpi.h>

#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

#include "io/checkpoint/checkpoint.hpp"
#include "io/hdf5/result_file.hpp"
#include "src/drive/job.hpp"
#include "src/runtime/session.hpp"

namespace bellshard {
namespace {

class SampleProgramJob : public Job {
 public:
  void declare(Keys& keys) override {
    keys.table("end", "how the job ends");
    keys.choice<How>("end.how", how_,
                     {{"well", How::well}, {"unconverged", How::unconverged}, {"stopped", How::stopped}, {"input", How::input},
                      {"alone", How::alone}, {"memory", How::memory}, {"bug", How::bug}, {"each", How::each}},
                     "what happens");
    keys.integer("end.rank", rank_, "the rank that fails alone").range(0, 1e6);
    keys.table("model", "what is solved");
    keys.real("model.value", value_, "what is written");
    keys.real("model.gigabytes", gigabytes_, "what check says that each rank needs").unit("GB");
  }

  Estimate estimate(Context&) override { return {{{"states", "10"}}, {{"values", gigabytes_ * 1e9}}}; }

  ExitCode run(Context& context, Keys const&) override {
    if (how_ == How::input) fail(ExitCode::bad_input, "the input is bad, on every rank");
    if (how_ == How::each) fail(ExitCode::bad_input, "rank {} has its own trouble", context.rank());
    if (how_ == How::memory) throw std::bad_alloc();
    if (how_ == How::bug) throw std::logic_error("a surprise");
    if (how_ == How::alone && context.rank() == rank_) fail(ExitCode::bad_input, "trouble here alone");
    MPI_Barrier(context.comm());
    write(context);
    return how_ == How::unconverged ? ExitCode::not_converged : how_ == How::stopped ? ExitCode::stopped_early : ExitCode::done;
  }

 private:
  enum class How { well, unconverged, stopped, input, alone, memory, bug, each };

  void write(Context& context) const {
    io::RunRecord record{"sample", "A sample", "bellshard.sample", 1, context.options().job_file_text, context.options().command_line,
                         {}, machine_provenance(context.comm())};
    io::ResultFile file(context.comm(), context.options().output_dir / "sample.h5", record);
    auto const state = file.axis("state", std::int64_t{6}, "state index");
    // Rank 0 owns all six states: [value, 1, inf, nan, 4, 5].
    double const infinity = std::numeric_limits<double>::infinity();
    std::vector<double> values = {value_, 1, infinity, std::numeric_limits<double>::quiet_NaN(), 4, 5};
    std::int64_t const own = context.root() ? 6 : 0;
    file.write("value", {state}, Block{own == 0 ? 6 : 0, 6}, std::span<double const>(values.data(), static_cast<std::size_t>(own)),
               io::Unit{"h"}, "expected time");
    file.write("sweeps", std::int64_t{3}, io::Unit{"count"}, "sweeps");
    file.write(io::Trace{{"residual", "h", "largest change", {1, 0.5, 0.25}}});
    file.commit();
    if (how_ == How::stopped) {
      // Rank 0 owns all six states here too.
      io::ShardedArray array{"value", io::ElementType::float64, {6}, Block{own == 0 ? 6 : 0, 6}, false, "h", "expected time"};
      array.fetch = [&](Block items, void* host) {
        std::memcpy(host, values.data() + items.begin, static_cast<std::size_t>(items.size()) * sizeof(double));
      };
      io::CheckpointStore store(context.comm(), context.options().output_dir / "sample");
      store.write(record, {"sample", "the problem", 3, 1, 12.5}, {}, {array});
    }
  }

  How how_ = How::well;
  std::int64_t rank_ = 1;
  double value_ = 0.5;
  double gigabytes_ = 0.001;
};

BELLSHARD_JOB(sample, SampleProgramJob, "ends as it is told");

}  // namespace
}  // namespace bellshard
