#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "io/text/document_source.hpp"
#include "src/config/keys.hpp"

namespace bellshard::creativity_index {

/// The search of spans that the corpus holds nearly.
struct NearConfig {
  bool search = false;
  double threshold = 0.95;           ///< least mean similarity, in both directions
  std::int64_t content_words = 2;    ///< of a span and of a window, at least
  std::int64_t longest_window = 100; ///< content words
  std::int64_t common_words = 200;   ///< the most frequent words, which are no content
  std::int64_t documents = 500;      ///< of a target
  std::int64_t rare_words = 20;      ///< of a target, by which they are found
};

struct Config {
  std::filesystem::path index;
  std::filesystem::path targets;
  std::string text_field = "text", ids_field = "ids", name_field = "id";
  io::BrokenDocument broken = io::BrokenDocument::refuse;
  std::vector<std::int64_t> min_length = {5, 12};  ///< the least and the greatest L
  std::int64_t batch = 1'000'000;                  ///< positions that are searched between two checkpoints
  NearConfig near;
  std::filesystem::path exclude;
  bool duplicates = false;
  std::vector<std::string> strata;
  std::string by, positive = "human";
  std::int64_t resamples = 1000, seed = 1;
  std::string file = "creativity.h5";

  std::int64_t lengths() const { return min_length[1] - min_length[0] + 1; }
  /// Fields of a target that groups are told apart by: those of strata, then `by`.
  std::vector<std::string> group_fields() const;
  void declare(Keys& keys);
  void check(Keys const& keys) const;
};

}  // namespace bellshard::creativity_index
