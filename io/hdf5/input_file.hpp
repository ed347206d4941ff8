#pragma once
#include <mpi.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/element_type.hpp"
#include "io/sharded_array.hpp"
#include "io/stream_limits.hpp"
#include "src/base/block.hpp"

namespace bellshard::io {

/// What a dataset is to others: no dimension scale; one with values; a dimension that is no variable (netCDF).
enum class ScaleKind { none, coordinate, bare };

/// Reads an HDF5 (or netCDF-4) file in parallel. All calls are collective over the communicator and fail on every rank
/// together: a missing file, a file that is not HDF5, a truncated one, a missing dataset or a wrong shape lead to exit 4
/// with the path, the dataset and what to do.
class InputFile {
 public:
  InputFile(MPI_Comm comm, std::filesystem::path path, StreamLimits limits = {});
  ~InputFile();
  InputFile(InputFile const&) = delete;
  InputFile& operator=(InputFile const&) = delete;

  std::filesystem::path const& path() const;
  bool has(std::string const& dataset) const;                       ///< dataset or group, absolute or from the root
  std::vector<std::string> children(std::string const& group) const;  ///< names in a group, sorted
  /// Exit 4 where it declares far more than a file of this size can hold (1100 times, and 48 MiB for what was never written, with 8 bytes a number
  /// or more): memory is made in this size.
  std::vector<std::int64_t> shape(std::string const& dataset) const;
  std::vector<std::string> axes(std::string const& dataset) const;  ///< names of the dimension scales, "" where an axis has none
  ScaleKind scale(std::string const& dataset) const;
  ElementType type(std::string const& dataset) const;  ///< the stored type; exit 4 where it is none of ours
  std::optional<std::string> text_attribute(std::string const& object, std::string const& name) const;
  std::optional<double> number_attribute(std::string const& object, std::string const& name) const;  ///< the first of them
  std::vector<double> number_attributes(std::string const& object, std::string const& name) const;   ///< of a list
  std::vector<std::string> attributes(std::string const& object) const;  ///< their names, sorted

  /// Items [own.begin, own.end) of axis 0 into data (dense, row-major, own.size() x inner extents), converted to T.
  /// A rank with nothing to read calls with an empty block.
  template <class T>
  void read(std::string const& dataset, Block own, std::span<T> data) const {
    read_block(dataset, own, data.data(), data.size(), element_type<T>());
  }
  /// The same where the type is known at run time; `elements` is what data has room for.
  void read_block(std::string const& dataset, Block own, void* data, std::size_t elements, ElementType type) const;
  /// The own block of an array through its store(), in pieces. The dataset must have the array's type and shape.
  void restore(std::string const& dataset, ShardedArray const& array) const;

  /// A whole small dataset on every rank.
  template <class T>
  std::vector<T> read_all(std::string const& dataset) const {
    auto const extents = shape(dataset);
    std::int64_t n = 1;
    for (auto e : extents) n *= e;
    std::vector<T> data(static_cast<std::size_t>(n));
    read_block(dataset, {0, extents.empty() ? 1 : extents[0]}, data.data(), data.size(), element_type<T>());
    return data;
  }
  /// A whole text dataset (fixed or variable length), the same on every rank; several texts are joined by line ends.
  std::string read_text(std::string const& dataset) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellshard::io
