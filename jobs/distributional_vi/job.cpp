#include "src/drive/job.hpp"

#include "jobs/distributional_vi/result.hpp"
#include "src/config/job_file.hpp"
#include "src/dist/gather.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::distributional_vi {
namespace {

class DistributionalViJob : public Job {
 public:
  void declare(Keys& keys) override {
    config_.declare(keys);
    keys_ = &keys;
  }
  void check_keys(Keys const& keys) override {
    config_.check(keys);
    kind().check_keys(keys);
  }

  /// Exact laws are as long as the returns of the model are many, so their rows are read; for the others the job file says it.
  Estimate estimate(Context& context) override {
    auto const source = kind().make(context);
    auto const own = static_cast<double>(source->partition(context.comm()).block(context.rank()).size());
    double stocks = static_cast<double>(config_.stock.points), atoms = static_cast<double>(config_.law.atoms);
    if (config_.law.kind == LawKind::exact) {
      auto const shard = load_shard(context, config_, *source);
      auto const plan = make_plan(*keys_, config_, return_span(shard, config_), reward_span(shard));
      stocks = plan.stock.stocks;
      atoms = plan.atoms.atoms;
    }
    double const places = own * stocks;
    Estimate estimate{{{"states", fmt::format("{}", source->states())},
                       {"stocks", fmt::format("{}", stocks)},
                       {"atoms", fmt::format("{}", atoms)},
                       {"laws, two stages, of all ranks", human_bytes(16 * static_cast<double>(source->states()) * stocks * (atoms + 1))}},
                      {{"laws, two stages (and those of next states on other ranks)", 16 * places * (atoms + 1)}, {"objectives and actions", 12 * places}},
                      {}};
    if (config_.finite() && config_.output.stage_actions) estimate.memory.push_back({"actions of all stages", 4 * places * static_cast<double>(config_.criterion.horizon)});
    estimate.memory.push_back({"staging of files", 256.0 * (1 << 20)});
    return estimate;
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const source = kind().make(context);
    auto shard = load_shard(context, config_, *source);
    auto const plan = make_plan(keys, config_, return_span(shard, config_), reward_span(shard));
    for (auto const& warning : plan.warnings) context.log().warn("{}", warning);
    auto const record = make_record(context, "distributional_vi", config_.objective_text() + " of " + source->description(), kind().inputs());
    Iteration step(shard, config_, plan);
    context.log().info("{}: {} states x {} stocks x {} atoms; returns lie in [{:g}, {:g}]", source->description(), source->states(), plan.stock.stocks,
                       plan.atoms.atoms, plan.returns.low * plan.unit, plan.returns.high * plan.unit);

    DriveOptions options;
    options.output = context.options().output_dir / config_.output.file;
    options.fingerprint = canonical_text(keys, {"model", "criterion", "objective", "law", "stock"}) + "# method: " + keys.find("solver.method").value_toml + "\n";
    options.fingerprint += fmt::format("# stage actions: {}\n", config_.output.stage_actions);
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# SHA-256 {}\n", sha256);
    options.max_sweeps = config_.solver.max_sweeps;
    options.goal = config_.solver.tolerance;
    options.residual_name = "largest change in a sweep";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    auto const starts = find_starts(config_, plan, shard.own, step);
    write_result(context, {config_, plan, *source, shard, step, starts}, record, driven);
    log_initial(context, *source, shard.own, starts);
    if (driven.outcome == Outcome::finished) discard_checkpoints(context, options);
    else context.log().warn("not converged; raise solver.max_sweeps and run again, it goes on from the checkpoint");
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  mdp::ModelKind& kind() { return *config_.model.kinds.at(config_.model.kind); }

  /// What the first initial states come to.
  void log_initial(Context& context, mdp::Source const& source, Block own, Starts const& starts) const {
    auto const initial = source.initial(context.comm(), own);
    std::vector<double> told;
    for (std::size_t s = 0; s < initial.size(); ++s) {
      if (initial[s] != 0) told.insert(told.end(), {static_cast<double>(own.begin) + static_cast<double>(s), starts.value[s], starts.stock[s], starts.mean[s], starts.projection_error[s]});
    }
    auto const all = gather_from_ranks(context.comm(), told);
    for (std::size_t i = 0; i < all.size() && i < 25; i += 5) {
      context.log().info("state {:.0f}: {} {:.12g} from stock {:g}; mean return {:.6g}, projection error at most {:.3g}", all[i], config_.objective_text(), all[i + 1], all[i + 2],
                         all[i + 3], all[i + 4]);
    }
  }

  Config config_;
  Keys const* keys_ = nullptr;
};

BELLSHARD_JOB(distributional_vi, DistributionalViJob, "policies for CVaR, targets and utilities, and the distributions of their returns: value iteration over states and stocks");

}  // namespace
}  // namespace bellshard::distributional_vi
