#pragma once
#include <filesystem>
#include <vector>

#include "src/corpus/index_file.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::creativity_index {

/// Positions of the corpus that a JSONL list names, {"document": NAME, "begin": 3, "end": 9} a line: sorted and merged; without begin and end the whole
/// document. Exit 4 for a name that the index does not have. The same on every rank; collective.
std::vector<Block> read_exclusions(Context& context, corpus::IndexFile const& index, std::filesystem::path const& path);

/// Sorts places and merges those that meet.
std::vector<Block> merged(std::vector<Block> places);

}  // namespace bellshard::creativity_index
