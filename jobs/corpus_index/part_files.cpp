#include "jobs/corpus_index/part_files.hpp"

#include <fstream>
#include <vector>

#include "io/hdf5/pending_path.hpp"
#include "src/base/error.hpp"
#include "src/base/hash.hpp"

namespace bellshard::corpus_index {

PartFiles::PartFiles(std::filesystem::path const& result, std::vector<Block> positions, std::int64_t token_bytes)
    : stem_(result.parent_path() / result.stem()), positions_(std::move(positions)), token_bytes_(token_bytes) {}

std::filesystem::path PartFiles::path_of(int part) const { return fmt::format("{}.part-{:06}", stem_.string(), part); }

PartSums PartFiles::write(int part, void const* tokens, std::uint32_t const* suffixes) const {
  auto const size = positions_[static_cast<std::size_t>(part)].size();
  io::PendingPath const place(path_of(part));
  place.create();
  {
    std::ofstream out(place.growing(), std::ios::binary);
    out.write(static_cast<char const*>(tokens), size * token_bytes_);
    out.write(reinterpret_cast<char const*>(suffixes), size * static_cast<std::int64_t>(sizeof *suffixes));
    out.flush();
    if (!out.good()) {
      auto const reason = place.obstacle("writing failed");
      place.discard();
      fail(ExitCode::cannot_write, "{}", place.message(reason));
    }
  }
  place.sync();
  place.publish();
  return {checksum(tokens, static_cast<std::size_t>(size * token_bytes_)), checksum(suffixes, static_cast<std::size_t>(size) * sizeof *suffixes)};
}

bool PartFiles::holds(int part, PartSums const& sums) const {
  auto const all = positions_[static_cast<std::size_t>(part)];
  std::error_code error;
  auto const bytes = std::filesystem::file_size(path_of(part), error);
  if (error || static_cast<std::int64_t>(bytes) != all.size() * (token_bytes_ + static_cast<std::int64_t>(sizeof(std::uint32_t)))) return false;
  std::vector<char> content(static_cast<std::size_t>(all.size() * std::max<std::int64_t>(token_bytes_, sizeof(std::uint32_t))));
  read_tokens(all, content.data());
  if (checksum(content.data(), static_cast<std::size_t>(all.size() * token_bytes_)) != sums.tokens) return false;
  read_suffixes(all, content.data());
  return checksum(content.data(), static_cast<std::size_t>(all.size()) * sizeof(std::uint32_t)) == sums.suffixes;
}

void PartFiles::read(Block items, std::int64_t bytes_before, std::int64_t item_bytes, void* host) const {
  for (std::size_t part = 0; part < positions_.size(); ++part) {
    auto const all = positions_[part];
    auto const here = intersect(all, items);
    if (here.empty()) continue;
    auto const path = path_of(static_cast<int>(part));
    std::ifstream in(path, std::ios::binary);
    in.seekg(all.size() * bytes_before + (here.begin - all.begin) * item_bytes);
    in.read(static_cast<char*>(host) + (here.begin - items.begin) * item_bytes, here.size() * item_bytes);
    BELLSHARD_INPUT(in.good(), "{}: this sorted part of the index is gone or cut short; run again, the other parts are kept", path.string());
  }
}

void PartFiles::remove(int part) const {
  std::error_code ignored;
  std::filesystem::remove(path_of(part), ignored);
}

}  // namespace bellshard::corpus_index
