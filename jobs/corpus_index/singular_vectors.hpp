#pragma once
#include "jobs/corpus_index/mutual_information.hpp"
#include "src/dist/mail.hpp"

namespace bellshard::corpus_index {

/// The largest singular values of a matrix that is sharded by rows, and the rows of U Sigma^exponent. The sign of a component is that of
/// its entry of greatest magnitude (the first one), which is positive. Where the matrix has a smaller rank, the rest is 0.
struct WeightedLeftVectors {
  std::vector<double> singular_value;  ///< [component], descending
  std::vector<double> value;           ///< [own row, component]
  double last_change = 0;              ///< greatest relative change of a kept singular value in the last pass
};

/// Randomised subspace iteration (Halko, Martinsson & Tropp 2011, algorithm 4.4): rows of both products are computed where the rows of the
/// matrix and of its transpose lie, and the thin blocks meet on every rank. Does not depend on the number of ranks but for rounding. Collective.
WeightedLeftVectors weighted_left_vectors(Context& context, MutualInformation const& information, VectorConfig const& config);

/// Bytes of the blocks on a rank with `own` of the rows.
double block_bytes(std::int64_t rows, std::int64_t own, std::int64_t columns);

}  // namespace bellshard::corpus_index
