#include "src/drive/job.hpp"

#include <algorithm>

#include "jobs/incremental_worst_case/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::incremental_worst_case {
namespace {

class IncrementalWorstCaseJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    auto const family = make_family(context, config_);
    auto const states = Partition::equal(family->states(), context.ranks());
    auto const models = static_cast<double>(family->grid().size());
    auto const block = states.block(context.rank());
    auto const rows = family->rows(context.comm(), {block.begin, std::min(block.end, block.begin + 1000)}, family->grid().front());  // a sample of this rank's own
    double const own = static_cast<double>(states.block(0).size()), seen = std::max<double>(1, static_cast<double>(rows.own.size()));
    double const pairs = own * static_cast<double>(rows.pairs()) / seen, transitions = own * static_cast<double>(rows.transitions()) / seen;
    std::int64_t longest = 0;  // row of the sample
    for (std::int64_t pair = 0; pair < rows.pairs(); ++pair) longest = std::max(longest, rows.transition_offset[static_cast<std::size_t>(pair + 1)] - rows.transition_offset[static_cast<std::size_t>(pair)]);
    auto const lanes = static_cast<double>(packs_of(static_cast<std::int64_t>(models)) * pack_width);
    return {{{"states", human_count(family->states())}, {"models", fmt::format("{}", family->grid().size())}},
            {{"transitions", models * transitions * 12}, {"rewards and offsets", models * pairs * 16 + own * 8}, {"values of a policy in a pack of models, two stages", pack_width * own * 16.0},
             {"rows that models share, at most", lanes * (transitions * 2 + pairs) * 8 + transitions * 8 + pairs * 17},
             {"rows of a chosen policy, two stages", own * (static_cast<double>(longest) * 12 + 24)}, {"reading, before packing", models * (transitions * 16 + pairs * 16)}, {"values and least Q", own * 32 + pairs * 16}},
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const family = make_family(context, config_);
    auto const start = config_.start < 0 ? family->start() : config_.start;
    if (start >= family->states()) keys.reject("family.start", fmt::format("family.start = {} is no state of this family (0 to {})", start, family->states() - 1));
    auto const models = static_cast<std::int64_t>(family->grid().size());
    if (config_.l1_centre >= models) keys.reject("compare.l1_centre", fmt::format("compare.l1_centre = {} is no model of this family (0 to {})", config_.l1_centre, models - 1));
    auto const record = make_record(context, "incremental_worst_case", "robust policy by a sequence of worst models", family->inputs());
    auto const states = Partition::equal(family->states(), context.ranks());
    FamilyOperator grid(context.comm(), states, load(context, *family, states.block(context.rank())), config_.discount, [&](std::size_t k) { return name_of(*family, k); });
    context.log().info("{}: {} models, {} states on {} ranks", family->description(), family->grid().size(), family->states(), context.ranks());

    Sequence sequence(context, config_, *family, grid, start);
    auto const driven = drive(context, sequence, record, options(context, keys, record, "sequence", config_.max_iterations));
    if (driven.outcome == Outcome::stopped) return driven.exit_code();
    std::vector<Robust> robust;
    std::vector<double> radii = config_.l1_radii;
    if (config_.robust) radii.insert(radii.begin(), RobustIteration::whole_family);
    for (std::size_t k = 0; k < radii.size(); ++k) {
      auto step = std::make_unique<RobustIteration>(context, config_, grid, radii[k]);
      auto const done = drive(context, *step, record, options(context, keys, record, fmt::format("robust_{}", k), config_.max_sweeps));
      if (done.outcome == Outcome::stopped) return done.exit_code();
      robust.push_back({radii[k], std::move(step), done});
    }
    write_result(context, config_, {*family, grid, sequence, driven, robust, start}, record);
    discard_checkpoints(context, options(context, keys, record, "sequence", 0));
    for (std::size_t k = 0; k < radii.size(); ++k) discard_checkpoints(context, options(context, keys, record, fmt::format("robust_{}", k), 0));
    return conclude(context, grid, sequence, driven, robust, start);
  }

 private:
  std::vector<mdp::Rows> load(Context& context, Family const& family, Block own) const {
    std::vector<mdp::Rows> rows;
    for (auto const& parameters : family.grid()) rows.push_back(family.rows(context.comm(), own, parameters));
    return rows;
  }
  std::string name_of(Family const& family, std::size_t k) const { return config_.family == FamilyKind::files ? config_.files[k].string() : fmt::format("{}, model {}", family.description(), k); }

  DriveOptions options(Context& context, Keys const& keys, io::RunRecord const& record, std::string const& part, std::int64_t most) const {
    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.part = part;
    options.fingerprint = canonical_text(keys, {"family", "solver", "search"});
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# SHA-256 {}\n", sha256);
    if (part != "sequence") options.fingerprint += canonical_text(keys, {"compare"});
    options.max_sweeps = most;
    options.residual_name = part == "sequence" ? "promised value above the worst one" : "error that values can have";
    options.goal = part == "sequence" ? config_.gap : config_.tolerance;
    return options;
  }

  ExitCode conclude(Context& context, FamilyOperator& grid, Sequence const& sequence, DriveResult const& driven, std::vector<Robust> const& robust, std::int64_t start) const {
    auto code = driven.exit_code();
    if (driven.outcome != Outcome::finished) {
      context.log().warn("not converged: the last policy promises {:.9g} and is worth {:.9g} in its worst model, {}; the best policy that any model of the sequence led to is worth {:.9g} at worst",
                         sequence.promised().back(), sequence.worst().back(), driven.outcome == Outcome::exhausted ? "which is in the sequence already" : "and solver.max_iterations was reached",
                         sequence.best_worst());
    }
    for (auto const& one : robust) {
      auto const value = grid.at_state(one.step->values(), start);
      context.log().info("robust value {}: {:.9g}, {} sweeps, {}", one.radius == RobustIteration::whole_family ? "of the family" : fmt::format("in L1 balls of {}", one.radius), value,
                         one.driven.sweeps, human_seconds(one.driven.seconds));
      if (one.driven.outcome == Outcome::sweep_limit) code = ExitCode::not_converged;
    }
    context.log().info("{}; gap {:.3g}", summary_line(driven, context.options().output_dir / config_.file), sequence.gap());
    return code;
  }

  Config config_;
};

BELLSHARD_JOB(incremental_worst_case, IncrementalWorstCaseJob, "robust policy by a sequence of static worst-case models, beside robust value iteration over the family and in L1 balls");

}  // namespace
}  // namespace bellshard::incremental_worst_case
