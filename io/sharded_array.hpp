#pragma once
#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/element_type.hpp"
#include "src/base/block.hpp"

namespace bellshard::io {

/// A named global array whose axis 0 is sharded over the ranks, as files see it: where the own block lies,
/// and how a piece of it comes to host memory and back. Results and checkpoints stream through these two
/// functions in bounded pieces, so a file needs no second copy of the array, wherever the array lives.
///
/// A replicated array (every rank holds all of it) has own = {0, shape[0]} on every rank and replicated = true:
/// rank 0 writes it, every rank reads it.
struct ShardedArray {
  std::string name;                 ///< dataset name, snake_case
  ElementType type;
  std::vector<std::int64_t> shape;  ///< global extents; axis 0 is the sharded one
  Block own;                        ///< this rank's block of axis 0
  bool replicated = false;
  std::string unit = "1";
  std::string long_name = "";

  /// Copies items [items.begin, items.end) of axis 0 (global indices inside own), dense and row-major, to host memory.
  std::function<void(Block items, void* host)> fetch = nullptr;
  /// The way back; null for an array that is only written.
  std::function<void(Block items, void const* host)> store = nullptr;

  /// Only written, in a result: an array of rows of which each rank has the same part, these columns of axis 1. Then own = {0, shape[0]} on
  /// every rank with columns, {0, 0} on the others, and a piece holds these columns of its rows.
  std::optional<Block> columns = std::nullopt;
};

/// Elements in one item of axis 0, of those that this rank has.
inline std::int64_t item_elements(ShardedArray const& array) {
  std::int64_t n = 1;
  for (std::size_t d = 1; d < array.shape.size(); ++d) n *= d == 1 && array.columns ? array.columns->size() : array.shape[d];
  return n;
}

/// A replicated array of one axis in host memory; `values` outlives the array.
template <class T>
ShardedArray replicated_array(std::string name, std::vector<T>& values, std::string long_name = "") {
  auto const size = static_cast<std::int64_t>(values.size());
  ShardedArray array{std::move(name), element_type<T>(), {size}, {0, size}, true, "1", std::move(long_name)};
  array.fetch = [&values](Block items, void* host) { std::copy_n(values.begin() + items.begin, items.size(), static_cast<T*>(host)); };
  array.store = [&values](Block items, void const* host) { std::copy_n(static_cast<T const*>(host), items.size(), values.begin() + items.begin); };
  return array;
}

}  // namespace bellshard::io
