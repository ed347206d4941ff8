#include "src/drive/job.hpp"

#include "jobs/three_species_fishery/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::three_species_fishery {
namespace {

class ThreeSpeciesFisheryJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    Grid const grid(config_);
    auto const planes = Partition::equal(grid.size(2), context.ranks()).block(0).size();
    auto const margin = context.ranks() > 1 ? grid.margin_low() + grid.margin_high() : 0;
    auto const kept = static_cast<double>(kept_stages(config_.horizon, config_.policy_every, config_.policy_last).size());
    auto const own = static_cast<double>(planes) * static_cast<double>(grid.plane());
    auto const around = own + static_cast<double>(margin) * static_cast<double>(grid.plane());
    auto const episodes = static_cast<double>(config_.episodes);
    return {{{"states", human_count(grid.states())},
             {"stages", fmt::format("{}", config_.horizon)},
             {"stages whose decisions are kept", fmt::format("{}", kept)},
             {"planes of Z of the fullest rank", fmt::format("{}", planes)},
             {"planes that a step reaches below and above", fmt::format("{}, {}", grid.margin_low(), grid.margin_high())}},
            {{"values, with what a step reaches of neighbours", (config_.precision == Precision::float32 ? 4 : 8) * around},
             {"gain and choice of one stage", 12 * own},
             {"decisions that are kept", 4 * own * kept},
             {"rewards and steps of episodes, five policies", 5 * 16 * episodes}},
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    Grid const grid(config_);
    auto const step = Backward::make(context, config_, grid);
    auto const record = make_record(context, "three_species_fishery", "harvest of interacting species by backward induction", {});
    context.log().info("{} x {} x {} nodes, {} stages, decisions of {} kept; a step reaches {} planes of Z below and {} above", grid.size(0), grid.size(1), grid.size(2),
                       config_.horizon, step->decisions().slots(), grid.margin_low(), grid.margin_high());

    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.fingerprint = canonical_text(keys, {"model", "grid", "policy"});
    options.residual_unit = "count";
    options.residual_name = "stages to go";
    auto const driven = drive(context, *step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    auto const start = config_.start_of();
    auto const value_at_start = step->value_at(start[0], start[1], start[2]);
    auto const evaluation = evaluate(context, config_, grid, step->decisions());
    write_result(context, config_, grid, *step, evaluation, value_at_start, record, driven);
    discard_checkpoints(context, options);
    context.log().info("most expected reward from the start: {:.3f}", value_at_start);
    for (auto const& policy : evaluation.policies) log_policy(context, policy);
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  void log_policy(Context& context, Evaluated const& policy) const {
    auto const sample = statistics(policy.reward);
    auto line = fmt::format("{:20} {:8.3f} +- {:.3f}, deviation {:.2f}, {:.1f} % last {} steps", policy.name, sample.mean, sample.standard_error(), sample.deviation,
                            100 * policy.full_share(config_.horizon), config_.horizon);
    if (policy.setting[0] == policy.setting[0]) line += fmt::format("; {:.3g} of X", policy.setting[0]);
    if (policy.setting[1] == policy.setting[1]) line += fmt::format(", {:.3g} of Y", policy.setting[1]);
    context.log().info("{}", line);
  }

  Config config_;
};

BELLSHARD_JOB(three_species_fishery, ThreeSpeciesFisheryJob,
              "harvest of interacting species: backward induction over what is left of each, beside constant mortality and constant escapement");

}  // namespace
}  // namespace bellshard::three_species_fishery
