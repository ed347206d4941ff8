#include "src/drive/job.hpp"

#include "jobs/depth_shrink/result.hpp"
#include "src/config/job_file.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::depth_shrink {
namespace {

class DepthShrinkJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    auto const evaluator = make_evaluator(context);
    auto const blocks = choose_blocks(config_, evaluator->block_names(), evaluator->removable());
    Shrink const shrink(config_, blocks, *evaluator);
    return {{{"blocks", fmt::format("{}", blocks.size())},
             {"blocks that may be removed", fmt::format("{}", blocks.rows())},
             {"removed at most", fmt::format("{}", blocks.most)},
             {"evaluations of the table", fmt::format("{}", Shrink::table_evaluations(blocks, config_.beam))},
             {"evaluations with all comparisons", human_count(shrink.residual())},
             {"images", fmt::format("{}", evaluator->images())}},
            evaluator->memory(),
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    std::vector<std::filesystem::path> inputs{config_.rows};
    if (config_.of_network()) inputs = {config_.network_file, config_.images.file};
    auto const record = make_record(context, "depth_shrink", "which blocks of a network can go, for each number of them", inputs);
    auto const evaluator = make_evaluator(context);
    auto const blocks = choose_blocks(config_, evaluator->block_names(), evaluator->removable());
    evaluator->load();
    Shrink step(config_, blocks, *evaluator);
    context.log().info("{} of {} blocks may be removed, at most {}: the table takes {} evaluations, all comparisons {}", blocks.rows(), blocks.size(), blocks.most,
                       Shrink::table_evaluations(blocks, config_.beam), step.residual());

    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.fingerprint = canonical_text(keys, {"evaluator", "images", "metrics", "shrink", "compare"});
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# SHA-256 {}\n", sha256);
    options.checkpoint_each_sweep = config_.of_network();  // a row of a file takes no time
    options.residual_unit = "count";
    options.residual_name = "evaluations to be made";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    write_result(context, config_, blocks, step, record, driven);
    discard_checkpoints(context, options);
    log_choices(context, blocks, step);
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  std::unique_ptr<Evaluator> make_evaluator(Context& context) const { return config_.of_network() ? make_network_evaluator(context, config_) : make_file_evaluator(context, config_); }

  /// The table for people: what each way to choose comes to.
  void log_choices(Context& context, Blocks const& blocks, Shrink const& shrink) const {
    auto const best = shrink.best();
    for (std::int64_t m = 0; m <= blocks.most; ++m) {
      auto const at = static_cast<std::size_t>(m);
      auto const begin = best.mask.begin() + m * blocks.size();
      auto line = fmt::format("{:3} removed: {} {:.6g}, {}", m, config_.metric_name(), best.metric[at], text_of(Mask(begin, begin + blocks.size())));
      if (m > 0 && config_.wants_contiguous()) line += fmt::format("; run {:.6g}", shrink.contiguous().metric[at]);
      if (m > 0 && config_.wants_ranking()) line += fmt::format("; ranking {:.6g}", shrink.ranking().metric[at]);
      if (m > 0 && shrink.has_brute_force()) line += fmt::format("; of all masks {:.6g}", shrink.brute_force().metric[at]);
      context.log().info("{}", line);
    }
  }

  Config config_;
};

BELLSHARD_JOB(depth_shrink, DepthShrinkJob, "which blocks of a network can go: a table of best masks by dynamic programming, beside runs, rankings and all masks");

}  // namespace
}  // namespace bellshard::depth_shrink
