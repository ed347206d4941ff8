#pragma once
#include "jobs/creativity_index/search_targets.hpp"
#include "src/drive/drive.hpp"

namespace bellshard::creativity_index {

/// What was taken out of the corpus before the search.
struct Excluded {
  std::vector<Block> positions;
  std::vector<std::int64_t> duplicates;  ///< [target] places where the whole target stands; empty where they were not looked for
};

/// Writes the result and returns the lines that tell people what came out. Collective.
std::vector<std::string> write_result(Context& context, Config const& config, corpus::IndexFile const& index, Targets const& targets, Excluded const& excluded,
                                      SearchTargets const& found, io::RunRecord const& record, DriveResult const& driven);

}  // namespace bellshard::creativity_index
