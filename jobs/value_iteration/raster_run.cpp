#include <algorithm>

#include "jobs/value_iteration/raster_iteration.hpp"
#include "jobs/value_iteration/raster_result.hpp"
#include "jobs/value_iteration/runs.hpp"
#include "src/drive/drive.hpp"
#include "src/drive/record.hpp"

namespace bellshard::value_iteration {
namespace {

std::vector<std::filesystem::path> inputs(Config const& config) {
  if (config.model.file.empty()) return {};
  return {config.model.file};
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

}  // namespace

Estimate estimate_raster(Context& context, Config const& config) {
  auto const source = open_mask(context, config);
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
                     {config.solver.method == Method::value_iteration ? "values of the next sweep" : "one bound while it is proven", 8 * cells},
                     {"kind of each cell and open neighbours", 2 * cells},
                     {"mirror of the cells while reading, staging of files", cells + 256.0 * (1 << 20)}};
  if (context.options().verify) estimate.memory.push_back({"values and bounds that --verify reads back", 24 * cells});
  return estimate;
}

ExitCode run_raster(Context& context, Keys const& keys, Config const& config) {
  auto source = open_mask(context, config);
  check_against(keys, config, *source);
  RasterProblem problem(context, config, std::move(source));
  context.log().info("{} x {} cells, {} states, {} unreachable, {} target(s); {} ranks", problem.geometry().rows, problem.geometry().columns,
                     problem.free_cells(), problem.unreachable_cells(), problem.targets().size(), context.ranks());
  auto const iteration = make_iteration(context, problem, config);
  auto const record = make_record(context, "value_iteration", "value iteration on a raster", inputs(config));

  DriveOptions options;
  options.output = context.options().output_dir / config.output.file;
  options.fingerprint = problem_text(keys, "criterion", config.solver.method == Method::value_iteration ? "jacobi" : "gauss_seidel", record);
  options.max_sweeps = config.solver.max_sweeps;
  if (config.solver.method == Method::value_iteration) options.goal = 0.25 * config.solver.tolerance;
  options.residual_name = "largest change of a value relative to the cost of a step";
  auto const driven = drive(context, *iteration, record, options);
  if (driven.outcome == Outcome::stopped) {
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

  auto const proof = write_result(context, problem, *iteration, config, record, driven);
  return conclude(context, problem, options, driven, proof);
}

}  // namespace bellshard::value_iteration
