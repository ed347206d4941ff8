#pragma once
#include <mpi.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "io/run_record.hpp"
#include "io/sharded_array.hpp"
#include "io/stream_limits.hpp"

namespace bellshard::io {

/// How a variable is stored and described, besides its own name, unit and long name.
struct VariableStyle {
  std::vector<int> flag_values;
  std::vector<std::string> flag_meanings;
  int deflate = 0;  ///< level 0 to 9; 0: none
};

/// A piece of a variable as it was written, with its checksum.
struct WrittenPiece {
  std::int64_t variable = 0;  ///< number of the variable, in the order of writing
  Block items;
  std::uint64_t hash = 0;     ///< XXH3 of the piece as it lay in memory
};

enum class Checksums { none, every_piece };

/// The one writer behind results and checkpoints: root attributes, /input, /provenance, groups of variables with their
/// dimension scales, /trace, and the atomic commit. All calls are collective; where ranks disagree on a text or a number,
/// rank 0's counts.
class RunFile {
 public:
  RunFile(MPI_Comm comm, std::filesystem::path path, RunRecord const& record, StreamLimits limits,
          Checksums checksums = Checksums::none);
  ~RunFile();  ///< without commit(): PATH.tmp goes, PATH stays as it was
  RunFile(RunFile const&) = delete;
  RunFile& operator=(RunFile const&) = delete;

  void group(std::string const& name);  ///< "/results", ...

  /// A dimension scale of a group that is also a variable; `values` has one axis. Returns its number.
  std::int64_t scale(std::string const& group, ShardedArray const& values, VariableStyle const& style = {});
  /// A scale that counts first, first + 1, ...; each rank writes its share.
  std::int64_t counting_scale(std::string const& group, std::string const& name, std::int64_t size, std::int64_t first,
                              std::string const& long_name);
  /// A scale without values: a netCDF dimension that is no variable.
  std::int64_t bare_scale(std::string const& group, std::string const& name, std::int64_t size);
  /// Names of the items of a scale, each rank its own: a character table, the CF way (section 6.1), which xarray shows as text.
  void names(std::string const& group, std::int64_t scale, std::string const& name, Block own, std::vector<std::string> const& names,
             std::string const& long_name, int deflate = 0);

  /// What is written over this scale from now on names that variable as a coordinate.
  void coordinate(std::int64_t scale, std::string const& variable);

  /// A variable over these scales (one for each of its axes; none: a scalar).
  void write(std::string const& group, ShardedArray const& array, std::vector<std::int64_t> const& scales,
             VariableStyle const& style = {});
  void write(Trace const& trace, std::string const& group = "/trace");  ///< makes the group

  void attribute(std::string const& object, std::string const& name, std::string const& value);
  void attribute(std::string const& object, std::string const& name, double value);
  void attribute(std::string const& object, std::string const& name, std::int64_t value);

  std::vector<std::string> const& variables() const;  ///< full names of those with checksums, as WrittenPiece counts them
  std::vector<WrittenPiece> const& pieces() const;    ///< of this rank

  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellshard::io
