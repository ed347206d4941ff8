#include "jobs/creativity_index/result.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "jobs/creativity_index/coverage.hpp"
#include "jobs/creativity_index/near_search.hpp"
#include "jobs/creativity_index/span_result.hpp"

namespace bellshard::creativity_index {
namespace {

/// What matches of these lengths [word], 0 for none, come to for each target.
struct Covered {
  std::vector<double> coverage;               ///< [target, level]
  std::vector<std::vector<double>> by_level;  ///< the same, [level][target]
  std::vector<double> index;                  ///< [target]

  Covered(Config const& config, Targets const& targets, std::vector<std::int32_t> const& lengths) : by_level(static_cast<std::size_t>(config.lengths())) {
    for (std::int64_t t = 0; t < targets.size(); ++t) {
      std::span const own(lengths.data() + targets.offset[static_cast<std::size_t>(t)], static_cast<std::size_t>(targets.length(t)));
      double unique = 0;
      for (std::int64_t l = 0; l < config.lengths(); ++l) {
        auto const covered = own.empty() ? std::numeric_limits<double>::quiet_NaN() : creativity_index::coverage(own, config.min_length[0] + l);
        by_level[static_cast<std::size_t>(l)].push_back(covered);
        coverage.push_back(covered);
        unique += 1 - covered;
      }
      index.push_back(unique);
    }
  }
};

/// The axes are written by the first call.
struct GroupAxes {
  std::optional<io::Axis> group, comparison;
};

/// Means of groups and their comparisons; `name` is put before the variables' names, `what` before their meanings.
std::vector<std::string> write_groups(Config const& config, Targets const& targets, Writer& writer, GroupAxes& axes, io::Axis const& level, Covered const& covered,
                                      std::string const& name, std::string const& what) {
  std::vector<std::string> lines;
  auto const groups = groups_of(config, targets);
  if (groups.empty()) return lines;
  std::vector<std::string> names;
  std::vector<std::int64_t> sizes;
  std::vector<Estimated> means, coverages;
  for (auto const& group : groups) {
    names.push_back(group.name);
    sizes.push_back(static_cast<std::int64_t>(group.targets.size()));
    means.push_back(mean(config, covered.index, group.targets));
    for (auto const& at_level : covered.by_level) coverages.push_back(mean(config, at_level, group.targets));
    lines.push_back(fmt::format("{}: {} texts, {}index {:.3f} [{:.3f}, {:.3f}]", group.name, sizes.back(), what, means.back().value, means.back().low, means.back().high));
  }
  if (!axes.group) {
    axes.group = writer.out().axis("group", names, "groups of targets");
    writer.write("group_targets", {*axes.group}, sizes, "count", "targets of a group that have words");
  }
  writer.write("group_" + name + "index", {*axes.group}, means, "mean " + what + "creativity index of a group");
  writer.write("group_" + name + "coverage", {*axes.group, level}, coverages, "mean " + what + "coverage of a group");

  auto const comparisons = comparisons_of(config, targets);
  if (comparisons.empty()) return lines;
  names.clear();
  std::vector<Estimated> differences, areas;
  for (auto const& comparison : comparisons) {
    names.push_back(comparison.name);
    differences.push_back(difference(config, covered.index, comparison));
    areas.push_back(roc_area(config, covered.index, comparison));
    lines.push_back(fmt::format("{}: {} less others {:+.3f} [{:+.3f}, {:+.3f}], {}ROC area {:.3f} [{:.3f}, {:.3f}]", comparison.name, config.positive, differences.back().value,
                                differences.back().low, differences.back().high, what, areas.back().value, areas.back().low, areas.back().high));
  }
  if (!axes.comparison) axes.comparison = writer.out().axis("comparison", names, "strata in which the two sides are compared");
  writer.write("comparison_" + name + "difference", {*axes.comparison}, differences, "mean " + what + "index of the positive side less that of the others");
  writer.write("comparison_" + name + "roc_area", {*axes.comparison}, areas, "area below the ROC curve of the " + what + "index as a detector of the positive side");
  return lines;
}

}  // namespace

std::vector<std::string> write_result(Context& context, Config const& config, corpus::IndexFile const& index, Targets const& targets, Excluded const& excluded,
                                      SearchTargets const& found, io::RunRecord const& record, DriveResult const& driven) {
  std::vector<double> level(static_cast<std::size_t>(config.lengths()));
  std::iota(level.begin(), level.end(), static_cast<double>(config.min_length[0]));

  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  Writer writer(context, out);
  auto const target = out.axis("target", targets.size(), "target, in the order of the file");
  auto const border = out.axis("target_border", targets.size() + 1, "borders between targets");
  auto const position = out.bare_axis("position", static_cast<std::int64_t>(targets.words.size()));
  auto const axis = out.axis("min_length", level, {"1"}, "level L: a word is covered that lies in a match of L words or more");
  writer.write("target_offset", {border}, targets.offset, "1", "first position of a target");
  write_texts(writer, "target_id", border, targets.name, "names of the targets");
  writer.write("longest_match", {position}, found.longest(), "1", "words of the longest match in the corpus that begins at this word of a target");
  if (!targets.begin.empty()) {
    writer.write("position_begin", {position}, targets.begin, "1", "first byte of this word in the target's text");
    writer.write("position_end", {position}, targets.end, "1", "the byte behind its last one");
  }
  Covered const covered(config, targets, found.longest());
  writer.write("coverage", {target, axis}, covered.coverage, "1", "share of a target's words that are covered at level L; not a number for a text without words");
  writer.write("creativity_index", {target}, covered.index, "1", "sum over L of 1 - coverage");
  if (!excluded.duplicates.empty()) writer.write("target_duplicates", {target}, excluded.duplicates, "count", "places of the corpus where the whole target stood, which were taken out");
  write_spans(context, writer, index, targets, found);
  GroupAxes groups;
  auto lines = write_groups(config, targets, writer, groups, axis, covered, "", "");
  if (auto const* const near = found.near()) {
    auto either = found.longest();
    for (std::size_t w = 0; w < either.size(); ++w) either[w] = std::max(either[w], near->length[w]);
    Covered const nearly(config, targets, either);
    writer.write("near_coverage", {target, axis}, nearly.coverage, "1", "share of a target's words that lie in a match or a near span of L words or more");
    writer.write("near_index", {target}, nearly.index, "1", "sum over L of 1 - near_coverage");
    for (auto& line : write_groups(config, targets, writer, groups, axis, nearly, "near_", "near-verbatim ")) lines.push_back(std::move(line));
  }
  std::int64_t words_out = 0;
  for (auto const& place : excluded.positions) words_out += place.size();
  out.attribute("excluded_words", static_cast<double>(words_out));
  out.attribute("skipped_targets", static_cast<double>(targets.skipped));
  out.write(driven.trace);
  out.commit();
  return lines;
}

}  // namespace bellshard::creativity_index
