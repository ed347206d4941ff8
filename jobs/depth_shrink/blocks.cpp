#include "jobs/depth_shrink/blocks.hpp"

#include <algorithm>

#include "src/base/error.hpp"

namespace bellshard::depth_shrink {

Blocks choose_blocks(Config const& config, std::vector<std::string> names, std::vector<bool> const& removable) {
  Blocks blocks{std::move(names), {}, 0};
  auto const size = blocks.size();
  for (auto const kept : config.kept) BELLSHARD_INPUT(kept < size, "shrink.kept names block {}, and there are {} blocks, 0 to {}", kept, size, size - 1);
  for (std::int64_t b = 0; b < size; ++b) {
    bool const stays = b < config.kept_first || b >= size - config.kept_last || !removable[static_cast<std::size_t>(b)];
    if (!stays && std::find(config.kept.begin(), config.kept.end(), b) == config.kept.end()) blocks.free.push_back(static_cast<std::size_t>(b));
  }
  BELLSHARD_INPUT(!blocks.free.empty(), "none of the {} blocks may be removed; lower shrink.kept_first or shrink.kept_last, or shorten shrink.kept", size);
  BELLSHARD_INPUT(config.min_blocks < size, "shrink.min_blocks = {}, and there are {} blocks: none may be removed; lower it", config.min_blocks, size);
  blocks.most = std::min(blocks.rows(), size - config.min_blocks);
  return blocks;
}

std::string text_of(Mask const& mask) {
  std::string text;
  for (auto const bit : mask) text += bit ? '1' : '0';
  return text;
}

}  // namespace bellshard::depth_shrink
