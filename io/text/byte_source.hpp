#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace bellshard::io {

/// A file read forwards, as it is or, where it is compressed (gzip, xz, zstd, bzip2; told by its first bytes), unpacked on the way.
/// Offsets count unpacked bytes. Every failure leads to exit 4 with the path.
class ByteSource {
 public:
  explicit ByteSource(std::filesystem::path path, std::int64_t offset = 0);  ///< a compressed file is unpacked up to the offset
  ~ByteSource();
  ByteSource(ByteSource&&) noexcept;
  ByteSource& operator=(ByteSource&&) noexcept;

  /// Fills as much of `bytes` as there is; 0 at the end.
  std::size_t read(std::span<char> bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Can reading begin in the middle?
bool is_compressed(std::filesystem::path const& path);

}  // namespace bellshard::io
