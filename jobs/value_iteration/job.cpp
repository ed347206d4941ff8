#include "src/drive/job.hpp"

#include <algorithm>

#include "jobs/value_iteration/raster_iteration.hpp"
#include "jobs/value_iteration/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/record.hpp"

namespace bellshard::value_iteration {
namespace {

class ValueIterationJob : public Job {
 public:
  void declare(Keys& keys) override { value_iteration::declare(keys, config_); }
  void check_keys(Keys const& keys) override { check(keys, config_); }
  Estimate estimate(Context& context) override;
  ExitCode run(Context& context, Keys const& keys) override;

 private:
  Config config_;
};

std::vector<std::filesystem::path> inputs(Config const& config) {
  if (config.model.file.empty()) return {};
  return {config.model.file};
}

/// What a checkpoint must have in common with the run that goes on from it.
std::string problem_text(Keys const& keys, Config const& config, io::RunRecord const& record) {
  std::string text = canonical_text(keys, {"model", "criterion"});
  text += config.solver.method == Method::jacobi ? "# method: jacobi\n" : "# method: gauss_seidel\n";
  for (auto const& [path, sha256] : record.inputs) text += "# " + path + ": SHA-256 " + sha256 + "\n";
  return text;
}

/// The last lines of a run, the second look at the file where it was asked for, and the exit code.
ExitCode conclude(Context& context, RasterProblem& problem, DriveOptions const& options, DriveResult const& driven,
                  Proof const& proof) {
  auto code = driven.exit_code();
  if (code == ExitCode::done && !proof.holds()) code = ExitCode::verification_failed;
  if (code == ExitCode::not_converged) {
    context.log().warn("not converged: the proven width is {:.3g}; {}", proof.width,
                       driven.outcome == Outcome::exhausted ? "rounding allows no narrower proof, so raise solver.tolerance"
                                                           : "raise solver.max_sweeps and run again, it goes on from the checkpoint");
  }
  if (context.options().verify) {
    auto const again = verify_result(context, problem, options.output);
    context.log().info("verified {}: width {:.3g}, T upper <= upper fails at {} states, T lower >= lower at {}", options.output.string(),
                       again.width, again.upper_violations, again.lower_violations);
    if (!again.holds()) code = ExitCode::verification_failed;
  }
  if (code == ExitCode::done) discard_checkpoints(context, options);
  context.log().info("{}; proven width {:.3g}", summary_line(driven, options.output), proof.width);
  return code;
}

Estimate ValueIterationJob::estimate(Context& context) {
  auto const source = open_mask(context, config_);
  std::int64_t free_cells = 0;
  auto const partition = partition_by_work(context, *source, free_cells);
  std::int64_t most_rows = 0;
  for (int part = 0; part < partition.parts(); ++part) most_rows = std::max(most_rows, partition.block(part).size());
  double const cells = static_cast<double>(dp::RasterLayout{most_rows, source->columns()}.size());

  Estimate estimate;
  estimate.facts = {{"map", fmt::format("{} x {} cells", source->rows(), source->columns())},
                    {"states", fmt::format("{}", free_cells)},
                    {"actions of a state", "8"},
                    {"rows of the fullest rank", fmt::format("{}", most_rows)}};
  estimate.memory = {{"values", 8 * cells},
                     {config_.solver.method == Method::jacobi ? "values of the next sweep" : "one bound while it is proven", 8 * cells},
                     {"kind of each cell and open neighbours", 2 * cells},
                     {"mirror of the cells while reading, staging of files", cells + 256.0 * (1 << 20)}};
  if (context.options().verify) estimate.memory.push_back({"values and bounds that --verify reads back", 24 * cells});
  return estimate;
}

ExitCode ValueIterationJob::run(Context& context, Keys const& keys) {
  auto source = open_mask(context, config_);
  check_against(keys, config_, *source);
  RasterProblem problem(context, config_, std::move(source));
  context.log().info("{} x {} cells, {} states, {} unreachable, {} target(s); {} ranks", problem.geometry().rows, problem.geometry().columns,
                     problem.free_cells(), problem.unreachable_cells(), problem.targets().size(), context.ranks());
  auto const iteration = make_iteration(context, problem, config_);
  auto const record = make_record(context, "value_iteration", "value iteration on a raster", inputs(config_));

  DriveOptions options;
  options.output = context.options().output_dir / config_.output.file;
  options.fingerprint = problem_text(keys, config_, record);
  options.max_sweeps = config_.solver.max_sweeps;
  if (config_.solver.method == Method::jacobi) options.goal = 0.25 * config_.solver.tolerance;
  options.residual_name = "largest change of a value relative to the cost of a step";
  auto const driven = drive(context, *iteration, record, options);
  if (driven.outcome == Outcome::stopped) {
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

  auto const proof = write_result(context, problem, *iteration, config_, record, driven);
  return conclude(context, problem, options, driven, proof);
}

BELLSHARD_JOB(value_iteration, ValueIterationJob, "least expected cost to a target, with a proven enclosure; sharded value iteration");

}  // namespace
}  // namespace bellshard::value_iteration
