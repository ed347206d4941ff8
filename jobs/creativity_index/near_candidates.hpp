#pragma once
#include <vector>

#include "jobs/creativity_index/own_documents.hpp"
#include "jobs/creativity_index/search_targets.hpp"

namespace bellshard::creativity_index {

/// A text and a document of this rank that may hold something like it.
struct Candidate {
  std::int64_t text, document;
};

/// For each text the `most` documents of the whole corpus that share rare words with it: those with the greatest sum, over the words that they have in
/// common, of log((1 + all documents) / documents with the word); of equal sums the first documents. Ascending; each rank gets those of its own parts. Collective.
/// words [text]  known words of the text, ascending, each once
std::vector<Candidate> find_candidates(Context const& context, Parts const& parts, OwnDocuments const& documents, std::int64_t all_documents,
                                       std::vector<std::vector<corpus::TokenId>> const& words, std::int64_t most);

}  // namespace bellshard::creativity_index
