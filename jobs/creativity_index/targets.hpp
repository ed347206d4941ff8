#pragma once
#include <string>
#include <vector>

#include "jobs/creativity_index/config.hpp"
#include "src/corpus/index_file.hpp"

namespace bellshard::creativity_index {

/// All targets, the same on every rank.
struct Targets {
  std::vector<std::string> name;
  std::vector<std::vector<std::string>> fields;  ///< of Config::group_fields()
  std::vector<std::int64_t> offset{0};           ///< [target + 1]: first word of a target
  std::vector<corpus::TokenId> words;
  std::vector<std::int32_t> begin, end;          ///< bytes of a target's text that a word was cut from; empty for token ids
  std::int64_t skipped = 0;
  std::string first_skipped;

  std::int64_t size() const { return static_cast<std::int64_t>(name.size()); }
  std::int64_t length(std::int64_t target) const { return offset[static_cast<std::size_t>(target) + 1] - offset[static_cast<std::size_t>(target)]; }
};

/// Exit 4 where there is none.
Targets read_targets(Config const& config, corpus::IndexFile const& index, corpus::Vocabulary const& vocabulary);

}  // namespace bellshard::creativity_index
