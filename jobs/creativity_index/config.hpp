#pragma once
#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "io/text/document_source.hpp"
#include "src/config/keys.hpp"

namespace bellshard::creativity_index {

struct Config {
  std::filesystem::path index;
  std::filesystem::path targets;
  std::string text_field = "text", ids_field = "ids", name_field = "id";
  io::BrokenDocument broken = io::BrokenDocument::refuse;
  std::vector<std::int64_t> min_length = {5, 12};  ///< the least and the greatest L
  std::int64_t batch = 1'000'000;                  ///< positions that are searched between two checkpoints
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
