#include "src/drive/job.hpp"

#include <limits>

#include "jobs/gp_fishery/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::gp_fishery {
namespace {

class GpFisheryJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    auto const series = read(context);
    auto const observations = static_cast<std::int64_t>(series.x.size());
    double chains = 0, rows = 0, draws = 0;
    std::string largest;
    sample::ChainPlan const plan{1, 0, sample::Proposal::fixed, config_.burn_in, config_.thin};
    for (auto const model : config_.models()) {
      if (is_sampled(model)) chains += Chains::bytes(config_, model, observations, context.ranks());
      if (model == Model::gaussian_process) draws = 4.0 * sizeof(double) * static_cast<double>(config_.chains * plan.kept(config_.steps) * config_.points);
      if (auto const bytes = Transitions::bytes(config_, model, context.ranks()); bytes > rows) {
        rows = bytes;
        largest = name_of(model);
      }
    }
    return {{{"observations", fmt::format("{}", observations)},
             {"draws of each sampled model", fmt::format("{}", config_.chains * plan.kept(config_.steps))},
             {"grid points", fmt::format("{}", config_.points)},
             {"whole transition tensor", human_bytes(sizeof(double) * static_cast<double>(config_.points) * static_cast<double>(config_.points) * static_cast<double>(config_.points))}},
            {{"chains and their draws", chains},
             {"rows of the transitions of " + largest, rows},
             {"Gaussian process on the grid, all draws", draws},
             {"simulated paths", sizeof(double) * static_cast<double>(config_.paths) * static_cast<double>(config_.model_names.size() + 3)}},
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    std::vector<std::filesystem::path> inputs{config_.data};
    if (!config_.policies.empty()) inputs.push_back(config_.policies);
    auto const record = make_record(context, "gp_fishery", "harvest policies from models that were fitted to few observations", inputs);
    auto const series = read(context);
    std::vector<GivenPolicy> given;
    together(context.comm(), [&] { given = read_policies(config_); });
    Fishery step(context, config_, series);

    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.fingerprint = canonical_text(keys, {"data", "grid", "truth", "models", "posterior", "candidates", "decision"});
    options.fingerprint += fmt::format("# SHA-256 {}\n", record.inputs.front().second);
    options.max_sweeps = std::numeric_limits<std::int64_t>::max();
    options.residual_unit = "count";
    options.residual_name = "sweeps to be made";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    auto const managed = manage(context, step, given);
    write_result(context, config_, series, step, managed, record, driven);
    discard_checkpoints(context, options);
    log_profits(context, managed);
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  Series read(Context& context) const {
    Series series;
    together(context.comm(), [&] { series = read_series(config_); });
    return series;
  }

  /// Each policy on the true stock.
  std::vector<Managed> manage(Context& context, Fishery const& fishery, std::vector<GivenPolicy> const& given) const {
    std::vector<Managed> managed;
    for (std::size_t m = 0; m < fishery.models().size(); ++m)
      managed.push_back({name_of(fishery.models()[m]), fishery.decision(m), fishery.sweeps(m), fishery.change(m), simulate(context, config_, fishery.decision(m).harvest)});
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    for (auto const& policy : given)
      managed.push_back({"file " + policy.name, {std::vector<double>(policy.harvest.size(), nothing), policy.harvest}, 0, nothing, simulate(context, config_, policy.harvest)});
    return managed;
  }

  /// The table for people.
  static void log_profits(Context& context, std::vector<Managed> const& managed) {
    auto const ratios = profit_ratios(managed);
    for (std::size_t m = 0; m < managed.size(); ++m) {
      auto const& paths = managed[m].paths;
      context.log().info("{:12} profit {:7.3f} +- {:.3f}, {:5.1f} % of the optimum, extinct {:5.1f} %", managed[m].name, paths.profits.mean, paths.profits.standard_error(), 100 * ratios[m], 100 * paths.extinct);
    }
  }

  Config config_;
};

BELLSHARD_JOB(gp_fishery, GpFisheryJob, "harvest policies of a fish stock with a tipping point, from a Gaussian process and from fitted models");

}  // namespace
}  // namespace bellshard::gp_fishery
