#pragma once
#include <mpi.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/run_record.hpp"
#include "io/sharded_array.hpp"
#include "io/stream_limits.hpp"

namespace bellshard::io {

struct Unit {
  std::string text;  ///< "1", "s", "h", "count", "degrees_north", ...
};

/// A dimension scale that variables of the same file may name.
struct Axis {
  std::string name;
  std::int64_t size = 0;
  std::int64_t scale_id = 0;  ///< which scale of the file; given out by ResultFile
};

/// Meaning of the values of a small integer variable (CF conventions: flag_values, flag_meanings).
struct Flags {
  std::vector<int> values;
  std::vector<std::string> meanings;  ///< one word each, no blanks
};

/// Writes one result file (DESIGN: one file per run) collectively, so that xarray, h5py, ncdump and ParaView open it.
/// All calls are collective over the communicator. The file grows as PATH.tmp and takes its name in commit(), atomically;
/// a ResultFile that is destroyed without commit() removes PATH.tmp and leaves an older PATH as it was.
/// Every failure to write leads to exit 6 with the path and the system's reason.
class ResultFile {
 public:
  ResultFile(MPI_Comm comm, std::filesystem::path path, RunRecord const& record, StreamLimits limits = {});
  ~ResultFile();
  ResultFile(ResultFile const&) = delete;
  ResultFile& operator=(ResultFile const&) = delete;

  /// A coordinate axis of /results with its values, which every rank passes whole.
  Axis axis(std::string const& name, std::span<double const> values, Unit unit, std::string const& long_name);
  /// An axis of /results that counts 0 .. size-1 (int64), unit "1".
  Axis axis(std::string const& name, std::int64_t size, std::string const& long_name);
  /// An axis that is too long for its numbers to be written: a netCDF dimension that is no variable.
  Axis bare_axis(std::string const& name, std::int64_t size);
  /// What follows, axes, variables and attributes, belongs to the group /results/NAME, the trace to /trace/NAME; variables of it may
  /// lie over the axes of /results. "": back to /results and /trace.
  void enter(std::string const& name);

  /// An axis of /results whose items have names, which every rank passes whole: a counting axis, and beside it the character table
  /// NAME_name, which xarray shows as text and as a coordinate of every variable over this axis.
  Axis axis(std::string const& name, std::vector<std::string> const& names, std::string const& long_name);
  /// The same table of names for an axis that is there, before the variables over it: each rank passes the names of its own items.
  void names(Axis const& axis, std::string const& table, Block own, std::vector<std::string> const& names, std::string const& long_name,
             int deflate = 0);

  /// Writes a variable of /results over these axes; axis 0 is the sharded one. Deflate level 0 to 9 (0: none).
  void write(ShardedArray const& array, std::vector<Axis> const& axes, Flags const& flags = {}, int deflate = 0);
  /// The same for host data: own block of axis 0, dense and row-major.
  template <class T>
  void write(std::string const& name, std::vector<Axis> const& axes, Block own, std::span<T const> data, Unit unit,
             std::string const& long_name, Flags const& flags = {}) {
    write(host_array(name, axes, own, data.data(), element_type<T>(), unit, long_name), axes, flags);
  }
  template <class T>
  void write(std::string const& name, std::vector<Axis> const& axes, Block own, std::vector<T> const& data, Unit unit,
             std::string const& long_name, Flags const& flags = {}) {
    write(name, axes, own, std::span<T const>(data), unit, long_name, flags);
  }
  /// One number of /results, the same on every rank.
  void write(std::string const& name, double value, Unit unit, std::string const& long_name);
  void write(std::string const& name, std::int64_t value, Unit unit, std::string const& long_name);

  /// Attribute of the group /results (text or number), the same on every rank.
  void attribute(std::string const& name, std::string const& value);
  void attribute(std::string const& name, double value);

  /// /trace: one row per sweep, axis "sweep" starting at 1.
  void write(Trace const& trace);

  /// Flush, close, fsync, rename to PATH, fsync the folder.
  void commit();

 private:
  static ShardedArray host_array(std::string const& name, std::vector<Axis> const& axes, Block own, void const* data,
                                 ElementType type, Unit const& unit, std::string const& long_name);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellshard::io
