#include "src/drive/job.hpp"

#include <algorithm>
#include <limits>

#include "jobs/bid_optimization/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::bid_optimization {
namespace {

class BidOptimizationJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    auto const campaign = load(context);
    KeptRows const kept(config_.episode, config_.spacing);
    auto const cells = static_cast<double>(campaign.budget + 1), stages = static_cast<double>(config_.episode - 1);
    auto const size = ValueTable::size(config_, campaign, kept, context.ranks());
    double const tables = (config_.write_value ? 1 : 0) + (config_.write_difference ? 1 : 0);
    return {{{"budget of an episode", fmt::format("{}", campaign.budget)},
             {"rows of the table", fmt::format("{}", config_.episode)},
             {"rows that are kept", fmt::format("{}", kept.size())},
             {"multiply-adds at most", human_count(stages * cells * static_cast<double>(config_.max_bid + 1))},
             {"result file", human_bytes(tables * sizeof(double) * cells * static_cast<double>(kept.size()))},
             {"a checkpoint", human_bytes(sizeof(double) * cells * static_cast<double>(kept.size() + (kept.all() ? 1 : 3)))}},
            {{"rows that are kept", size.kept},
             {"rows in work", size.working},
             {"auctions of a batch, staging of files", (config_.log.empty() ? 0.0 : sizeof(Auction) * std::max(1048576.0, static_cast<double>(config_.episode))) + 64.0 * (1 << 20)}},
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    auto const campaign = load(context);
    std::vector<std::filesystem::path> inputs{config_.info};
    for (auto const& log : {config_.log, config_.tuning_log}) {
      if (!log.empty()) inputs.push_back(log);
    }
    auto const record = make_record(context, "bid_optimization", "what to bid in each auction with this budget and so many auctions left", inputs);
    Optimization step(context, config_, campaign);
    context.log().info("{} auctions with a budget of {}: {} rows, {} of them kept; {} ranks", config_.episode, campaign.budget, config_.episode, step.table().kept().size(), context.ranks());

    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.fingerprint = canonical_text(keys, {"campaign", "auction", "objective", "replay", "table"});
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# SHA-256 {}\n", sha256);
    options.max_sweeps = std::numeric_limits<std::int64_t>::max();
    options.residual_unit = "count";
    options.residual_name = "rows to be computed, and one where the log is not yet bid in";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    write_result(context, config_, campaign, step, record, driven);
    discard_checkpoints(context, options);
    if (!config_.log.empty()) log_outcomes(context, config_, campaign, step.replay());
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  Campaign load(Context& context) const {
    Campaign campaign;
    together(context.comm(), [&] { campaign = read_campaign(config_); });
    return campaign;
  }

  Config config_;
};

BELLSHARD_JOB(bid_optimization, BidOptimizationJob, "what to bid in each auction with this budget and so many auctions left: exact table, replay on a log");

}  // namespace
}  // namespace bellshard::bid_optimization
