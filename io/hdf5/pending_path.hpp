#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

namespace bellshard::io {

/// PATH.tmp on its way to PATH: the part of an atomic write that the operating system does. No MPI, no HDF5.
/// Every failure leads to exit 6 with the path and the system's reason.
class PendingPath {
 public:
  explicit PendingPath(std::filesystem::path path);

  std::filesystem::path const& path() const { return path_; }
  std::filesystem::path const& growing() const { return growing_; }  ///< PATH.tmp

  void create() const;   ///< makes the folder where it is missing and an empty PATH.tmp
  /// Has the file system set aside the first `bytes` of PATH.tmp; where it knows no such thing, asks for the free space.
  void reserve(std::int64_t bytes) const;
  void trim() const;     ///< gives back what was reserved behind the end
  void sync() const;     ///< fsync of PATH.tmp
  void take_name() const;    ///< rename to PATH
  void sync_folder() const;  ///< fsync of the folder, so that the new name outlives a power cut
  void publish() const;      ///< both
  void discard() const;  ///< removes PATH.tmp
  void empty() const;    ///< gives the space of PATH.tmp back, so that closing it has room

  /// What stands in the way of writing, found by trying; the library's text where the system knows nothing.
  std::string obstacle(std::string const& library_text) const;
  /// "PATH cannot be written: REASON; ..." with the way out.
  std::string message(std::string const& reason) const;

 private:
  [[noreturn]] void fail_with(int error_number) const;
  std::filesystem::path path_;
  std::filesystem::path growing_;
};

/// Makes the folder of PATH and tries PATH.tmp, which goes again; exit 6 where that cannot be. No MPI.
void try_to_create(std::filesystem::path const& path);

}  // namespace bellshard::io
