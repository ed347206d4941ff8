#include "src/drive/job.hpp"

#include "jobs/robust_offline/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"

namespace bellshard::robust_offline {
namespace {

class RobustOfflineJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    auto const world = make_world(context, config_);
    auto const [replications, trajectories] = data_size(context, config_, world);
    auto const shares = share_out(context, config_, replications, trajectories);  // rank 0 holds most
    auto const d = static_cast<double>(world.factors), H = static_cast<double>(world.horizon), methods = static_cast<double>(config_.methods().size());
    auto const sets = static_cast<double>(shares.own_sets()), rows = static_cast<double>(shares.own_rows()), all = static_cast<double>(trajectories);
    return {{{"data sets", fmt::format("{}", replications)},
             {"trajectories of each", fmt::format("{}", trajectories)},
             {"stages", fmt::format("{}", world.horizon)},
             {"features", fmt::format("{}", world.factors)},
             {"algorithms", fmt::format("{}", config_.methods().size())},
             {"ranks share", shares.sharing == Sharing::rows ? "rows" : "replications"}},
            {{"steps, where no two are equal, and reading", sets * rows * H * 56},
             {"weights and inverses", 8 * sets * H * (methods * d + d * d)},
             {"sums of blocks", 16 * sets * static_cast<double>(shares.blocks) * d * d},
             {"values of a stage", 8 * sets * rows},
             {"searches, where no two values are equal", all * (8 * d + 64)}},
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const world = make_world(context, config_);
    std::vector<std::filesystem::path> inputs;
    if (config_.world == WorldKind::table) inputs.push_back(config_.table_file);
    if (config_.source == DataSource::file) inputs.push_back(config_.data_file);
    auto const record = make_record(context, "robust_offline", "robust policies from offline data", inputs);
    auto const data = load_data(context, config_, world);
    Pessimistic step(context, config_, world, data);
    context.log().info("{} data sets of {} trajectories, {} stages, {} features, {} algorithms; ranks share {}", data.shares.replications, data.shares.trajectories, world.horizon,
                       world.factors, step.methods().size(), data.shares.sharing == Sharing::rows ? "rows" : "replications");

    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.fingerprint = canonical_text(keys, {"world", "data", "algorithm"});
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# SHA-256 {}\n", sha256);
    options.residual_unit = "count";
    options.residual_name = "stages to go";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    auto const tested = test_policies(context, world, data, step);
    write_result(context, config_, world, data, step, tested, record, driven);
    discard_checkpoints(context, options);
    log_returns(context, world, step, tested);
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  /// The table for people.
  void log_returns(Context& context, World const& world, Pessimistic const& step, Tested const& tested) const {
    auto const tests = world.perturbation.size();
    if (tests == 0) return;
    auto const line = [&](std::string const& name, double const* numbers) {
      std::string text = fmt::format("{:28}", name);
      for (std::size_t k = 0; k < tests; ++k) text += fmt::format(" {:8.4f}", numbers[k]);
      context.log().info("{}", text);
    };
    line(world.perturbation_name.substr(0, 28), world.perturbation.data());
    for (std::size_t m = 0; m < step.methods().size(); ++m) line(step.methods()[m].label, tested.mean.data() + m * tests);
    line("optimum there", tested.optimum.data());
  }

  Config config_;
};

BELLSHARD_JOB(robust_offline, RobustOfflineJob, "robust policies from offline data: R2PVI (total variation, KL, chi-square) beside PEVI, DRPVI and DRVI-L, tested in perturbed worlds");

}  // namespace
}  // namespace bellshard::robust_offline
