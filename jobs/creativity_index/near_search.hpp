#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "jobs/creativity_index/own_documents.hpp"
#include "jobs/creativity_index/search_targets.hpp"
#include "kernels/text/near_windows.hpp"

namespace bellshard::creativity_index {

/// Spans of targets that some document holds nearly, with words of like meaning: the test is the relaxed word mover's similarity in both directions
/// (Kusner et al. 2015) on content words, where two pointers move over the target as in the verbatim search (Lu et al. 2024). A span that passes may
/// have parts that do not, and not all documents are looked at, so this is a heuristic search: it may miss spans, never makes one up.
class NearSearch {
 public:
  NearSearch(Context& context, Config const& config, corpus::IndexFile const& index, Targets const& targets, Parts const& parts);

  /// Searches targets [begin, end). Collective.
  void search(std::int64_t begin, std::int64_t end);

  std::vector<std::int32_t> length;      ///< [word] words of the near span that begins here; 0 where none does
  std::vector<float> score;              ///< the lesser of both mean similarities
  std::vector<std::int64_t> position;    ///< [word] where in the corpus the first window with that score is; -1 where none is
  std::vector<std::int32_t> window;      ///< words of that window

 private:
  struct Batch;
  struct Regions;
  std::int64_t batch_end(std::int64_t begin, std::int64_t end) const;
  std::vector<corpus::TokenId> content(std::int64_t target) const;  ///< known content words, each once, ascending
  Batch make_batch(std::int64_t begin, std::int64_t end) const;
  Regions find_regions(Batch const& batch) const;
  /// Words of a text of a batch.
  struct Span {
    std::int64_t text;
    Block words;
  };
  /// The best window of a span, as far as this rank knows.
  struct Best {
    double score = -1;
    std::int64_t position = INT64_MAX, words = 0;
  };
  std::vector<Best> ask(Batch const& batch, Regions const& regions, std::vector<Span> const& spans, text::NearAnswer answer) const;
  std::vector<Span> move_pointers(Batch const& batch, Regions const& regions) const;  ///< spans that are near something
  void keep(Batch const& batch, std::vector<Span> const& spans, std::vector<Best> const& own);

  Context& context_;
  Config const& config_;
  corpus::IndexFile const& index_;
  Targets const& targets_;
  Parts const& parts_;
  OwnDocuments documents_;
  text::VectorTable vectors_;
};

/// Bytes that it takes at most, of the index's vectors and besides: words and documents of a batch; collective.
double near_bytes(corpus::IndexFile const& index);

}  // namespace bellshard::creativity_index
