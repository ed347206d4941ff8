#include "io/text/line_source.hpp"

#include <cstring>

namespace bellshard::io {

constexpr std::size_t first_buffer = std::size_t{1} << 20;

LineSource::LineSource(std::filesystem::path const& path, std::int64_t offset)
    : source_(path, offset), buffer_(first_buffer + padding), offset_(offset), next_offset_(offset) {}

bool LineSource::fill() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (end_ + padding == buffer_.size()) buffer_.resize(2 * buffer_.size());  // a long line
  auto const got = source_.read({buffer_.data() + end_, buffer_.size() - padding - end_});
  end_ += got;
  return got > 0;
}

bool LineSource::next() {
  std::size_t searched = 0;  // bytes behind begin_ that hold no LF
  for (;;) {
    auto const* const from = buffer_.data() + begin_ + searched;
    auto const* const stop = static_cast<char const*>(std::memchr(from, '\n', end_ - begin_ - searched));
    searched = end_ - begin_;
    if (stop != nullptr) {
      searched = static_cast<std::size_t>(stop - (buffer_.data() + begin_));
      break;
    }
    if (fill()) continue;
    if (searched == 0) return false;
    break;  // a last line without LF
  }
  offset_ = next_offset_;
  line_ = {buffer_.data() + begin_, searched};
  begin_ = std::min(begin_ + searched + 1, end_);
  next_offset_ += static_cast<std::int64_t>(searched) + 1;
  return true;
}

std::int64_t line_number(std::filesystem::path const& path, std::int64_t offset) {
  LineSource lines(path);
  std::int64_t number = 1;
  while (lines.next() && lines.offset() < offset) ++number;
  return number;
}

}  // namespace bellshard::io
