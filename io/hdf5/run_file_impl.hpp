#pragma once
#include <functional>
#include <string>
#include <vector>

#include "io/hdf5/handle.hpp"
#include "io/hdf5/meeting.hpp"
#include "io/hdf5/pending_path.hpp"
#include "io/hdf5/run_file.hpp"
#include "io/hdf5/together.hpp"
#include "src/base/fault.hpp"

namespace bellshard::io {

struct RunFile::Impl {
  struct Scale {
    DatasetHandle dataset;
    std::int64_t size = 0;
    std::vector<std::string> coordinates = {};  ///< variables that say what its items are
  };

  Impl(MPI_Comm comm, std::filesystem::path path, StreamLimits limits, Checksums checksums)
      : comm(comm), rank(rank_of(comm)), place(std::move(path)), limits(limits), checksums(checksums), meeting(comm) {}
  ~Impl();
  void abandon();  ///< the file that was not committed

  MPI_Comm comm;
  int rank;
  PendingPath place;
  StreamLimits limits;
  Checksums checksums;
  Meeting meeting;
  FileHandle file;
  std::vector<Scale> scales;
  std::vector<std::string> variables;
  std::vector<WrittenPiece> pieces;
  std::int64_t planned = 0;  ///< [B] that the file may grow to
  bool committed = false;

  /// Runs a part on all ranks; a failure anywhere is exit 6 everywhere.
  void step(std::function<void()> const& part) const;
  /// Announces that about so many bytes will be written next: rank 0 has the file system set them aside before HDF5 hears
  /// of them. HDF5 does not survive a full disk in the middle of a flush (ranks wait for each other, closing crashes).
  void plan(std::size_t bytes);
  /// A step of the writing lies behind this rank: "checkpoint" or "result", and which.
  void passed(char const* step) const { fault_place(checksums == Checksums::every_piece ? "checkpoint" : "result", step); }
  DatasetHandle create(std::string const& path, hid_t type, std::vector<std::int64_t> const& shape, int deflate = 0) const;
  void attach(hid_t dataset, std::vector<std::int64_t> const& scale_ids) const;
  std::int64_t keep_scale(DatasetHandle dataset, char const* name, std::int64_t size);
};

}  // namespace bellshard::io
