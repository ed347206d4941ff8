#pragma once
#include <filesystem>
#include <span>
#include <vector>

#include "io/sharded_array.hpp"
#include "src/base/block.hpp"

namespace bellshard::corpus_index {

/// XXH3 of both arrays of a part as they lie in its file.
struct PartSums {
  std::uint64_t tokens = 0;
  std::uint64_t suffixes = 0;
};

/// Sorted parts on their way into the index: one file each beside the result, STEM.part-000003, tokens then suffixes, until the result is
/// committed. A rank holds no more than one part in memory, and a part that lies here need not be sorted again.
class PartFiles {
 public:
  PartFiles(std::filesystem::path const& result, std::vector<Block> positions, std::int64_t token_bytes);

  /// Exit 6 where it cannot be written.
  PartSums write(int part, void const* tokens, std::uint32_t const* suffixes) const;
  bool holds(int part, PartSums const& sums) const;
  /// Position items of the stream of all parts; exit 4 where a file was taken away.
  void read_tokens(Block items, void* host) const { read(items, 0, token_bytes_, host); }
  void read_suffixes(Block items, void* host) const { read(items, token_bytes_, sizeof(std::uint32_t), host); }
  void remove(int part) const;

 private:
  std::filesystem::path path_of(int part) const;
  void read(Block items, std::int64_t bytes_before, std::int64_t item_bytes, void* host) const;
  std::filesystem::path stem_;
  std::vector<Block> positions_;
  std::int64_t token_bytes_;
};

}  // namespace bellshard::corpus_index
