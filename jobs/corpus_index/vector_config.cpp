#include "jobs/corpus_index/vector_config.hpp"

#include <fmt/format.h>

namespace bellshard::corpus_index {

void VectorConfig::declare(Keys& keys) {
  keys.table("vectors", "vectors of the most frequent words, for searches of words that mean the same");
  keys.integer("vectors.components", components, "components of a vector, for example 100; 0: no vectors, or as many as vectors.file has").range(0, 4096).unit("count");
  keys.integer("vectors.words", words, "so many words get a vector: the most frequent ones, of token ids and pieces the lowest").range(1, 4e6).unit("count");
  keys.file("vectors.file", file, "read the vectors from this text file, also compressed: a word and its numbers a line, as GloVe and word2vec write them; none: from the corpus itself");
  keys.integer("vectors.window", window, "a word's contexts are so many words to each side, in the same document").range(1, 64).unit("count");
  keys.real("vectors.smoothing", smoothing, "counts of contexts are raised to this power before they are compared: below 1, rare contexts count less").range(0, 1);
  keys.real("vectors.shift", shift, "positive mutual information is lowered by the logarithm of this").range(1, 1e6);
  keys.real("vectors.exponent", exponent, "components are weighted by their singular values to this power").range(0, 1);
  keys.integer("vectors.iterations", iterations, "passes of the subspace iteration over the matrix and its transpose").range(1, 1000).unit("count");
  keys.integer("vectors.oversampling", oversampling, "components that are iterated besides those that are kept").range(0, 1000).unit("count");
  keys.integer("vectors.seed", seed, "of the random start of the subspace iteration").range(0, 4294967295.0);
  keys.integer("vectors.pairs_at_once", pairs_at_once, "so many pairs of near words are sorted at a time, and an eighth of them sent; 40 bytes each").range(1000, 1 << 30).unit("count");
}

void VectorConfig::check(Keys const& keys) const {
  for (auto const* key : {"vectors.window", "vectors.smoothing", "vectors.shift", "vectors.exponent", "vectors.iterations", "vectors.oversampling", "vectors.seed", "vectors.pairs_at_once"}) {
    if (!trained() && keys.given(key)) {
      keys.reject(key, from_file() ? fmt::format("{} has no use with vectors.file, whose vectors are taken as they are; remove one of them", key)
                                   : fmt::format("{} has no use without vectors; set vectors.components = 100, for example", key));
    }
  }
  if (!asked() && keys.given("vectors.words")) keys.reject("vectors.words", "vectors.words has no use without vectors; set vectors.components = 100, for example, or vectors.file");
}

}  // namespace bellshard::corpus_index
