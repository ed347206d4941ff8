#include "jobs/creativity_index/span_result.hpp"

#include <algorithm>

#include "jobs/creativity_index/near_search.hpp"

namespace bellshard::creativity_index {
namespace {

/// Spans of targets and where in the corpus each comes from.
struct Spans {
  std::vector<std::int32_t> target, start, end;
  std::vector<std::int64_t> position, document, offset;
  std::vector<std::size_t> word;  ///< of all targets, that they begin at

  /// Adds a span of `length` words at every word where there is one.
  template <class Length>
  void collect(Targets const& targets, std::vector<std::int64_t> const& position_of, Length const& length) {
    for (std::int64_t t = 0; t < targets.size(); ++t) {
      for (std::int64_t w = 0; w < targets.length(t); ++w) {
        auto const at = static_cast<std::size_t>(targets.offset[static_cast<std::size_t>(t)] + w);
        if (length(at) == 0) continue;
        target.push_back(static_cast<std::int32_t>(t));
        start.push_back(static_cast<std::int32_t>(w));
        end.push_back(static_cast<std::int32_t>(w) + length(at));
        position.push_back(position_of[at]);
        word.push_back(at);
      }
    }
  }

  /// Which documents hold the positions; every rank knows its own parts' documents.
  void find_documents(Context const& context, OwnDocuments const& documents) {
    for (auto const place : position) {
      document.push_back(documents.at(place));
      offset.push_back(document.back() < 0 ? -1 : place - documents.begin(document.back()));
    }
    for (auto* values : {&document, &offset}) reduce(context.comm(), *values, MPI_INT64_T, MPI_MAX);
  }

  io::Axis write(Writer& writer, std::string const& name, std::string const& what, std::vector<std::int64_t> const& sources) const {
    auto const axis = writer.out().bare_axis(name, static_cast<std::int64_t>(target.size()));
    std::vector<std::int32_t> source;
    for (auto const d : document) source.push_back(static_cast<std::int32_t>(std::lower_bound(sources.begin(), sources.end(), d) - sources.begin()));
    writer.write(name + "_target", {axis}, target, "1", "target of " + what);
    writer.write(name + "_start", {axis}, start, "1", "its first word, counted from the target's first one");
    writer.write(name + "_end", {axis}, end, "1", "the word behind its last one");
    writer.write(name + "_document", {axis}, document, "1", "the first document that holds it");
    writer.write(name + "_offset", {axis}, offset, "1", "its first word there, counted from the document's first one");
    writer.write(name + "_source", {axis}, source, "1", "the same document on the axis source");
    return axis;
  }
};

template <class T>
std::vector<T> at_words(std::vector<T> const& values, std::vector<std::size_t> const& words) {
  std::vector<T> chosen;
  for (auto const word : words) chosen.push_back(values[word]);
  return chosen;
}

}  // namespace

void write_spans(Context const& context, Writer& writer, corpus::IndexFile const& index, Targets const& targets, SearchTargets const& found) {
  OwnDocuments const documents(context, index);
  auto const* const near = found.near();
  Spans verbatim, nearly;
  verbatim.collect(targets, found.position(), [&](std::size_t at) { return found.count()[at] > 0 ? found.longest()[at] : 0; });
  if (near) nearly.collect(targets, near->position, [&](std::size_t at) { return near->length[at]; });
  std::vector<std::int64_t> sources;
  for (auto* spans : {&verbatim, &nearly}) {
    spans->find_documents(context, documents);
    sources.insert(sources.end(), spans->document.begin(), spans->document.end());
  }
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());

  auto const span = verbatim.write(writer, "span", "a maximal match of the least L words or more", sources);
  writer.write("span_count", {span}, at_words(found.count(), verbatim.word), "count", "how often it comes in the corpus");
  if (near) {
    auto const axis = nearly.write(writer, "near_span", "a span that a document holds nearly: by a heuristic search, which may miss some", sources);
    writer.write("near_span_words", {axis}, at_words(near->window, nearly.word), "1", "words of the window of the document that is like it");
    writer.write("near_span_score", {axis}, at_words(near->score, nearly.word), "1",
                 "relaxed word mover's similarity of span and window: the lesser of the mean similarities in both directions, content words alone");
  }
  std::vector<std::string> names;
  for (auto const d : sources) names.push_back(index.read_document_name(d));
  auto const axis = writer.out().bare_axis("source", static_cast<std::int64_t>(sources.size()));
  writer.write("source_document", {axis}, sources, "1", "documents that spans name");
  write_texts(writer, "source_name", writer.out().bare_axis("source_border", static_cast<std::int64_t>(sources.size()) + 1), names, "names of these documents");
}

}  // namespace bellshard::creativity_index
