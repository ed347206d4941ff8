#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kernels/count/window_pairs.hpp"
#include "src/dist/partition.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::corpus_index {

/// How often a pair of words (kernels/count/window_pairs.hpp: its key) came.
struct PairCount {
  std::uint64_t key = 0;
  std::int64_t count = 0;
};

/// Counts of pairs that come run by run, each run ascending. Runs of about the same length are merged, so that a pair is touched
/// a few times however many runs there are, and no more than three times the distinct pairs are held.
class PairCounts {
 public:
  void add(std::vector<PairCount> run);
  std::vector<PairCount> take();  ///< all of them, ascending, each pair once

 private:
  void merge_last();
  std::vector<std::vector<PairCount>> runs_;
};

/// Reads tokens of these positions of the corpus: 0 is a separator, k + 1 the word k.
using ReadTokens = std::function<std::vector<std::uint32_t>(Block)>;

/// Pairs of the first `words` words that stand at most `window` positions apart in a document, the smaller word first, counted over the own positions,
/// of whole documents, so many pairs at once. Not collective.
std::vector<PairCount> count_pairs(Block own, std::int64_t words, std::int64_t window, std::int64_t at_once, ReadTokens const& read);

/// Counts of the own words with every context, ascending by (word, context): what all ranks counted, both ways round.
struct WordContexts {
  Partition axis;  ///< of words, cut so that ranks hold about the same number of contexts
  Block own;
  std::vector<PairCount> counts;
};

/// Brings counts to the ranks that own the words; so many pairs of a rank in a round. Collective.
WordContexts gather_contexts(Context& context, std::int64_t words, std::vector<PairCount> pairs, std::int64_t at_once);

/// Bytes that counting takes besides the counts.
double counting_bytes(std::int64_t own_positions, std::int64_t window, std::int64_t at_once);
/// How many distinct pairs this share of a corpus would have if its words stood in a random order; in a text there are fewer.
/// counts: of the words that make pairs; tokens: of the whole corpus.
double expected_pairs(std::span<std::int64_t const> counts, double tokens, double share, std::int64_t window);

}  // namespace bellshard::corpus_index
