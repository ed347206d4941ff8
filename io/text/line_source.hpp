#pragma once
#include <string_view>
#include <vector>

#include "io/text/byte_source.hpp"

namespace bellshard::io {

/// The lines of a file from an offset on, each with the offset of its first byte. Behind the bytes of a line lie `padding` more bytes
/// that may be read, for parsers that read words.
class LineSource {
 public:
  static constexpr std::size_t padding = 64;

  explicit LineSource(std::filesystem::path const& path, std::int64_t offset = 0);

  bool next();                                    ///< false behind the last line
  std::string_view line() const { return line_; }  ///< without LF; valid until the next call
  std::int64_t offset() const { return offset_; }

 private:
  bool fill();
  ByteSource source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;  ///< of the unread bytes in the buffer
  std::string_view line_;
  std::int64_t offset_;
  std::int64_t next_offset_;
};

/// Number of the line (1, 2, ...) that begins at an offset: reads the file up to there.
std::int64_t line_number(std::filesystem::path const& path, std::int64_t offset);

}  // namespace bellshard::io
