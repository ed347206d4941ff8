#include "src/drive/job.hpp"

#include "jobs/creativity_index/exclusions.hpp"
#include "jobs/creativity_index/near_search.hpp"
#include "jobs/creativity_index/result.hpp"
#include "jobs/creativity_index/search_targets.hpp"
#include "src/config/job_file.hpp"
#include "src/dist/partition.hpp"
#include "src/dist/reduce.hpp"
#include "src/drive/record.hpp"
#include "src/runtime/human.hpp"

namespace bellshard::creativity_index {
namespace {

/// Own parts, into memory. Ranks take turns in step, as reading is collective.
Parts load_parts(Context& context, corpus::IndexFile const& index) {
  auto const own = own_parts(context, index);
  Parts parts;
  for (std::int64_t k = 0; k < max_over_ranks(context.comm(), own.size()); ++k) {
    auto part = corpus::load_part(context.comm(), index, k < own.size() ? static_cast<int>(own.begin + k) : -1);
    if (part) parts.push_back(std::move(part));
  }
  return parts;
}

Excluded exclude(Context& context, Config const& config, corpus::IndexFile const& index, Targets const& targets, Parts const& parts) {
  Excluded excluded;
  if (!config.exclude.empty()) excluded.positions = read_exclusions(context, index, config.exclude);
  if (config.duplicates) {
    excluded.duplicates.resize(static_cast<std::size_t>(targets.size()));
    auto const places = find_duplicates(context, targets, parts, excluded.duplicates);
    excluded.positions.insert(excluded.positions.end(), places.begin(), places.end());
    excluded.positions = merged(std::move(excluded.positions));
    context.log().info("{} places of the corpus hold a whole target and are taken out", places.size());
  }
  together(context.comm(), [&] {
    for (auto const& part : parts) part->exclude(excluded.positions);
  });
  return excluded;
}

class CreativityIndexJob : public Job {
 public:
  void declare(Keys& keys) override { config_.declare(keys); }
  void check_keys(Keys const& keys) override { config_.check(keys); }

  Estimate estimate(Context& context) override {
    corpus::IndexFile const index(context.comm(), config_.index);
    auto const shares = Partition::equal(index.parts(), context.ranks());
    double most = 0;
    bool const excluded = config_.duplicates || !config_.exclude.empty();
    for (int rank = 0; rank < context.ranks(); ++rank) {
      double bytes = 0;
      for (auto p = shares.block(rank).begin; p < shares.block(rank).end; ++p) bytes += corpus::part_bytes(index, static_cast<int>(p), excluded);
      most = std::max(most, bytes);
    }
    require_vectors(index);
    std::error_code ignored;
    auto const text = static_cast<double>(std::filesystem::file_size(config_.targets, ignored));
    return {{{"positions of the index", fmt::format("{}", index.all_positions())}, {"documents", fmt::format("{}", index.all_documents())},
             {"parts", fmt::format("{}", index.parts())}},
            {{"own parts of the index", most},
             {"targets, as large as their file is unpacked", 8 * text},
             {"near search: vectors, similarities of a batch", config_.near.search ? near_bytes(index) : 0}},
            {}};
  }

  ExitCode run(Context& context, Keys const& keys) override {
    std::vector<std::filesystem::path> inputs{config_.index, config_.targets};
    if (!config_.exclude.empty()) inputs.push_back(config_.exclude);
    auto const record = make_record(context, "creativity_index", "how much of each text can be rebuilt from a corpus", inputs);
    corpus::IndexFile const index(context.comm(), config_.index);
    require_vectors(index);
    auto const vocabulary = index.read_vocabulary();
    Targets targets;
    together(context.comm(), [&] { targets = read_targets(config_, index, vocabulary); });
    if (targets.skipped > 0) context.log().warn("broken texts passed over: {}, the first one: {}", targets.skipped, targets.first_skipped);
    auto const parts = load_parts(context, index);
    context.log().info("{} texts of {} words against {} tokens in {} parts, read in {}", targets.size(), human_count(static_cast<double>(targets.words.size())),
                       human_count(static_cast<double>(index.all_positions())), index.parts(), human_seconds(context.seconds()));
    auto const excluded = exclude(context, config_, index, targets, parts);
    SearchTargets step(context, config_, targets, parts, config_.near.search ? std::make_unique<NearSearch>(context, config_, index, targets, parts) : nullptr);

    DriveOptions options;
    options.output = context.options().output_dir / config_.file;
    options.fingerprint = canonical_text(keys, {"targets", "search", "near", "exclude"});
    for (auto const& [input, sha256] : record.inputs) options.fingerprint += fmt::format("# {}: SHA-256 {}\n", input, sha256);
    options.residual_unit = "count";
    options.residual_name = "words that are not searched yet";
    auto const driven = drive(context, step, record, options);
    if (driven.outcome == Outcome::stopped) return driven.exit_code();

    for (auto const& line : write_result(context, config_, index, targets, excluded, step, record, driven)) context.log().info("{}", line);
    discard_checkpoints(context, options);
    context.log().info("{}", summary_line(driven, options.output));
    return driven.exit_code();
  }

 private:
  void require_vectors(corpus::IndexFile const& index) const {
    if (!config_.near.search) return;
    BELLSHARD_INPUT(index.tokens() == corpus::Tokens::words, "{}: near.search needs an index of words, of which it knows the frequent ones; this one has ids or pieces", config_.index.string());
    BELLSHARD_INPUT(index.has_vectors(), "{}: the index has no word vectors, which near.search needs; make it again with vectors.components = 100", config_.index.string());
  }

  Config config_;
};

BELLSHARD_JOB(creativity_index, CreativityIndexJob, "how much of each text can be rebuilt, word for word, from a corpus; groups of texts compared; sharded");

}  // namespace
}  // namespace bellshard::creativity_index
