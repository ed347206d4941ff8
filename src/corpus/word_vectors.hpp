#pragma once
#include <cstdint>
#include <vector>

namespace bellshard::corpus {

/// Vectors of the first words of a vocabulary: row k is that of token k + 1. Rows have length 1, or are all 0 where a word has no vector.
struct WordVectors {
  std::int64_t words = 0, components = 0;
  std::vector<float> value;  ///< [word, component]
};

}  // namespace bellshard::corpus
