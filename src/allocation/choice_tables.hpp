#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/sharded_array.hpp"
#include "kernels/execution.hpp"
#include "src/dist/partition.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::allocation {

/// One stage's table: cells 0 .. cells-1 of the axis, each with the position of a candidate, in 1 or 2 bytes.
struct TableShape {
  std::int64_t cells = 0;
  std::int64_t bytes = 1;
};

enum class TablePlace { memory, files };

/// Which candidate each cell of each stage took: on the rank that owns the cell, in the memory of the execution space; or, where that is too small,
/// in one file a stage beside the result, STEM.choice-000003, in the order of the axis, until remove().
class ChoiceTables {
 public:
  ChoiceTables(Context& context, Partition const& axis, std::vector<TableShape> shapes, TablePlace place, std::filesystem::path const& result);

  /// Room for the own cells of a stage's table, to be filled by a kernel; keep() then says that it is. Collective; exit 6 where it cannot be written.
  Array<std::uint8_t> room(std::size_t stage) const { return place_ == TablePlace::memory ? tables_[stage] : tables_[0]; }
  void keep(std::size_t stage);

  /// Of these own cells. Exit 4 where the stage's file is gone or cut short.
  std::vector<std::int32_t> look_up(std::size_t stage, std::vector<std::int64_t> const& cells) const;

  Block own(std::size_t stage) const { return intersect(own_, {0, shapes_[stage].cells}); }
  /// For checkpoints: the tables themselves, or the sums that their files must have.
  std::vector<io::ShardedArray> arrays();
  /// After a restart from `swept` stages on: are the files what they were? Exit 4 where not. Collective.
  void check(std::size_t swept) const;
  void remove() const;

  /// Bytes of the fullest rank in either place.
  static double memory(std::vector<TableShape> const& shapes, std::int64_t own_cells, TablePlace place);

 private:
  std::filesystem::path path_of(std::size_t stage) const;
  static std::uint64_t sum_of(std::int64_t first_byte, std::vector<std::uint8_t> const& bytes);
  std::vector<std::uint8_t> read(std::size_t stage, Block cells) const;

  Context& context_;
  Block own_;
  std::vector<TableShape> shapes_;
  TablePlace place_;
  std::filesystem::path stem_;
  std::vector<Array<std::uint8_t>> tables_;  ///< [stage], or one for all where they go to files
  std::vector<std::uint64_t> sums_;          ///< [stage]
};

}  // namespace bellshard::allocation
