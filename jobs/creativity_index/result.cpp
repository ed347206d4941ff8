#include "jobs/creativity_index/result.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "io/hdf5/result_file.hpp"
#include "jobs/creativity_index/coverage.hpp"
#include "jobs/creativity_index/groups.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::creativity_index {
namespace {

/// Every rank holds the whole result; rank 0 writes it.
class Writer {
 public:
  Writer(Context const& context, io::ResultFile& out) : root_(context.root()), out_(out) {}

  template <class T>
  void write(std::string const& name, std::vector<io::Axis> const& axes, std::vector<T> const& values, std::string const& unit, std::string const& meaning) {
    out_.write(name, axes, root_ ? Block{0, axes.front().size} : Block{}, values, {unit}, meaning);
  }
  /// The value and its interval: NAME, NAME_low, NAME_high.
  void write(std::string const& name, std::vector<io::Axis> const& axes, std::vector<Estimated> const& values, std::string const& meaning) {
    std::vector<double> value, low, high;
    for (auto const& one : values) {
      value.push_back(one.value);
      low.push_back(one.low);
      high.push_back(one.high);
    }
    write(name, axes, value, "1", meaning);
    write(name + "_low", axes, low, "1", meaning + ", lower end of the bootstrap interval of 95 percent");
    write(name + "_high", axes, high, "1", meaning + ", upper end of the bootstrap interval of 95 percent");
  }
  io::ResultFile& out() { return out_; }

 private:
  bool root_;
  io::ResultFile& out_;
};

/// Texts as bytes one after the other and where each begins: NAME [NAME_byte], NAME_offset [border].
void write_texts(Writer& writer, std::string const& name, io::Axis const& border, std::vector<std::string> const& texts, std::string const& meaning) {
  std::vector<std::uint8_t> letters;
  std::vector<std::int64_t> offset{0};
  for (auto const& text : texts) {
    letters.insert(letters.end(), text.begin(), text.end());
    offset.push_back(static_cast<std::int64_t>(letters.size()));
  }
  if (letters.empty()) letters.push_back(0);
  writer.write(name, {writer.out().bare_axis(name + "_byte", static_cast<std::int64_t>(letters.size()))}, letters, "1", meaning + ", one after the other, UTF-8");
  writer.write(name + "_offset", {border}, offset, "1", meaning + ": first byte of each in " + name);
}

/// Which document holds a position, for positions in any order; every rank knows its own parts' documents.
std::vector<std::int64_t> documents_at(Context const& context, corpus::IndexFile const& index, std::vector<std::int64_t> const& positions, std::vector<std::int64_t>& offset) {
  std::vector<std::int64_t> document(positions.size(), -1);
  offset.assign(positions.size(), -1);
  auto const own = Partition::equal(index.parts(), context.ranks()).block(context.rank());
  Block const documents = own.empty() ? Block{} : Block{index.documents(static_cast<int>(own.begin)).begin, index.documents(static_cast<int>(own.end) - 1).end};
  auto const first = index.read_document_offsets(documents);
  for (std::size_t p = 0; p < positions.size() && !first.empty(); ++p) {
    if (positions[p] < first.front() || positions[p] >= first.back()) continue;
    auto const after = std::upper_bound(first.begin(), first.end(), positions[p]);
    document[p] = documents.begin + (after - first.begin()) - 1;
    offset[p] = positions[p] - *(after - 1);
  }
  for (auto* values : {&document, &offset}) {
    BELLSHARD_MPI(MPI_Allreduce(MPI_IN_PLACE, values->data(), static_cast<int>(values->size()), MPI_INT64_T, MPI_MAX, context.comm()));
  }
  return document;
}

void write_spans(Context const& context, Writer& writer, corpus::IndexFile const& index, Targets const& targets, SearchTargets const& found) {
  std::vector<std::int32_t> target, start, end;
  std::vector<std::int64_t> count, position;
  for (std::int64_t t = 0; t < targets.size(); ++t) {
    for (std::int64_t w = 0; w < targets.length(t); ++w) {
      auto const at = static_cast<std::size_t>(targets.offset[static_cast<std::size_t>(t)] + w);
      if (found.count()[at] == 0) continue;
      target.push_back(static_cast<std::int32_t>(t));
      start.push_back(static_cast<std::int32_t>(w));
      end.push_back(static_cast<std::int32_t>(w) + found.longest()[at]);
      count.push_back(found.count()[at]);
      position.push_back(found.position()[at]);
    }
  }
  std::vector<std::int64_t> offset;
  auto const document = documents_at(context, index, position, offset);
  auto sources = document;
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  std::vector<std::int32_t> source;
  for (auto const d : document) source.push_back(static_cast<std::int32_t>(std::lower_bound(sources.begin(), sources.end(), d) - sources.begin()));
  std::vector<std::string> names;
  for (auto const d : sources) names.push_back(index.read_document_name(d));

  auto const axis = writer.out().bare_axis("span", static_cast<std::int64_t>(target.size()));
  writer.write("span_target", {axis}, target, "1", "target of a maximal match of the least L words or more");
  writer.write("span_start", {axis}, start, "1", "its first word, counted from the target's first one");
  writer.write("span_end", {axis}, end, "1", "the word behind its last one");
  writer.write("span_count", {axis}, count, "count", "how often it comes in the corpus");
  writer.write("span_document", {axis}, document, "1", "the first document that holds it");
  writer.write("span_offset", {axis}, offset, "1", "its first word there, counted from the document's first one");
  writer.write("span_source", {axis}, source, "1", "the same document on the axis source");
  auto const source_axis = writer.out().bare_axis("source", static_cast<std::int64_t>(sources.size()));
  writer.write("source_document", {source_axis}, sources, "1", "documents that are the first to hold a span");
  write_texts(writer, "source_name", writer.out().bare_axis("source_border", static_cast<std::int64_t>(sources.size()) + 1), names, "names of these documents");
}

std::vector<std::string> write_groups(Config const& config, Targets const& targets, Writer& writer, io::Axis const& level, std::vector<double> const& index,
                                      std::vector<std::vector<double>> const& coverage) {
  std::vector<std::string> lines;
  auto const groups = groups_of(config, targets);
  if (groups.empty()) return lines;
  std::vector<std::string> names;
  std::vector<std::int64_t> sizes;
  std::vector<Estimated> means, coverages;
  for (auto const& group : groups) {
    names.push_back(group.name);
    sizes.push_back(static_cast<std::int64_t>(group.targets.size()));
    means.push_back(mean(config, index, group.targets));
    for (auto const& at_level : coverage) coverages.push_back(mean(config, at_level, group.targets));
    lines.push_back(fmt::format("{}: {} texts, index {:.3f} [{:.3f}, {:.3f}]", group.name, sizes.back(), means.back().value, means.back().low, means.back().high));
  }
  auto const axis = writer.out().axis("group", names, "groups of targets");
  writer.write("group_targets", {axis}, sizes, "count", "targets of a group that have words");
  writer.write("group_index", {axis}, means, "mean creativity index of a group");
  writer.write("group_coverage", {axis, level}, coverages, "mean coverage of a group");

  auto const comparisons = comparisons_of(config, targets);
  if (comparisons.empty()) return lines;
  names.clear();
  std::vector<Estimated> differences, areas;
  for (auto const& comparison : comparisons) {
    names.push_back(comparison.name);
    differences.push_back(difference(config, index, comparison));
    areas.push_back(roc_area(config, index, comparison));
    lines.push_back(fmt::format("{}: {} less others {:+.3f} [{:+.3f}, {:+.3f}], ROC area {:.3f} [{:.3f}, {:.3f}]", comparison.name, config.positive, differences.back().value,
                                differences.back().low, differences.back().high, areas.back().value, areas.back().low, areas.back().high));
  }
  auto const compared = writer.out().axis("comparison", names, "strata in which the two sides are compared");
  writer.write("comparison_difference", {compared}, differences, "mean index of the positive side less that of the others");
  writer.write("comparison_roc_area", {compared}, areas, "area below the ROC curve of the index as a detector of the positive side");
  return lines;
}

}  // namespace

std::vector<std::string> write_result(Context& context, Config const& config, corpus::IndexFile const& index, Targets const& targets, Excluded const& excluded,
                                      SearchTargets const& found, io::RunRecord const& record, DriveResult const& driven) {
  auto const levels = static_cast<std::size_t>(config.lengths());
  std::vector<double> level(levels), indices, flat;
  std::iota(level.begin(), level.end(), static_cast<double>(config.min_length[0]));
  std::vector<std::vector<double>> by_level(levels);
  for (std::int64_t t = 0; t < targets.size(); ++t) {
    std::span const longest(found.longest().data() + targets.offset[static_cast<std::size_t>(t)], static_cast<std::size_t>(targets.length(t)));
    double unique = 0;
    for (std::size_t l = 0; l < levels; ++l) {
      auto const covered = longest.empty() ? std::numeric_limits<double>::quiet_NaN() : coverage(longest, config.min_length[0] + static_cast<std::int64_t>(l));
      by_level[l].push_back(covered);
      flat.push_back(covered);
      unique += 1 - covered;
    }
    indices.push_back(unique);
  }

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
  writer.write("coverage", {target, axis}, flat, "1", "share of a target's words that are covered at level L; not a number for a text without words");
  writer.write("creativity_index", {target}, indices, "1", "sum over L of 1 - coverage");
  if (!excluded.duplicates.empty()) writer.write("target_duplicates", {target}, excluded.duplicates, "count", "places of the corpus where the whole target stood, which were taken out");
  write_spans(context, writer, index, targets, found);
  auto const lines = write_groups(config, targets, writer, axis, indices, by_level);
  std::int64_t words_out = 0;
  for (auto const& place : excluded.positions) words_out += place.size();
  out.attribute("excluded_words", static_cast<double>(words_out));
  out.attribute("skipped_targets", static_cast<double>(targets.skipped));
  out.write(driven.trace);
  out.commit();
  return lines;
}

}  // namespace bellshard::creativity_index
