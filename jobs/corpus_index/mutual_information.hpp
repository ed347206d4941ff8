#pragma once
#include "jobs/corpus_index/pair_counts.hpp"
#include "jobs/corpus_index/vector_config.hpp"
#include "kernels/linalg/sparse_times_panels.hpp"

namespace bellshard::corpus_index {

/// Positive pointwise mutual information of words and contexts (Levy, Goldberg & Dagan 2015, sections 2.1 and 3.2):
///     M[w, c] = max(0, ln(n(w, c) D / (n(w) n(c)^smoothing)) - ln shift),   D = sum of n(c)^smoothing
/// Counts are the same both ways round, so the rank that owns a word holds its row of M and its row of the transpose.
struct MutualInformation {
  Partition axis;
  linalg::SparseRows matrix, transposed;  ///< own rows; columns are all words
};

/// Collective; uses the counts up.
MutualInformation mutual_information(Context& context, VectorConfig const& config, WordContexts contexts);

}  // namespace bellshard::corpus_index
