#pragma once
#include <filesystem>

#include "src/config/keys.hpp"

namespace bellshard::corpus_index {

/// Word vectors in the index: the table [vectors] of a job file.
struct VectorConfig {
  std::int64_t components = 0;  ///< 0: none, or those that the file has
  std::int64_t words = 50000;
  std::int64_t window = 5;
  double smoothing = 0.75, shift = 1, exponent = 0.5;
  std::int64_t iterations = 6, oversampling = 20;
  std::int64_t seed = 1;
  std::int64_t pairs_at_once = std::int64_t{1} << 24;
  std::filesystem::path file;

  void declare(Keys& keys);
  void check(Keys const& keys) const;  ///< no key that would have no effect
  bool from_file() const { return !file.empty(); }
  bool trained() const { return components > 0 && !from_file(); }
  bool asked() const { return components > 0 || from_file(); }
  /// Columns of the blocks that the subspace iteration works with: whole vector registers.
  std::int64_t columns() const { return (components + oversampling + 7) / 8 * 8; }
};

}  // namespace bellshard::corpus_index
