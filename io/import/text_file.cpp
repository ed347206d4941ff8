#include "io/import/text_file.hpp"

#include <charconv>

namespace bellshard::io {
namespace {

constexpr std::string_view blanks = " \t\r";

/// The number that fills the whole word, as from_chars reads it; a leading + is fine.
template <class T>
bool parse(std::string_view word, T& value) {
  if (word.starts_with('+')) word.remove_prefix(1);
  auto const* const end = word.data() + word.size();
  auto const [stop, failure] = std::from_chars(word.data(), end, value);
  return failure == std::errc() && stop == end;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  auto const begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(blanks); at != std::string_view::npos;) {
    auto const end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  if (trimmed(text).empty()) return parts;
  for (std::size_t at = 0; at <= text.size();) {
    auto const end = std::min(text.find(separator, at), text.size());
    parts.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

TextFile::TextFile(std::filesystem::path path) : path_(std::move(path)), in_(path_, std::ios::binary) {
  BELLSHARD_INPUT(in_.good() && !std::filesystem::is_directory(path_), "{}: cannot be read; check the path (it counts from the working directory) and its permissions",
                  path_.string());
}

bool TextFile::next() {
  if (!std::getline(in_, buffer_)) {
    BELLSHARD_INPUT(in_.eof(), "{}: reading failed after line {}; make or copy it again", path_.string(), number_);
    return false;
  }
  ++number_;
  line_ = trimmed(buffer_);
  return true;
}

bool TextFile::next_content(std::string_view comment) {
  while (next()) {
    if (!line_.empty() && !line_.starts_with(comment)) return true;
  }
  return false;
}

std::string TextFile::place() const { return fmt::format("{}:{}", path_.string(), number_); }

std::int64_t TextFile::index(std::string_view word, char const* what) const {
  std::int64_t value = 0;
  if (!parse(word, value) || value < 0) refuse("\"{}\" stands where {} is expected (a whole number, 0 or more)", word, what);
  return value;
}

double TextFile::real(std::string_view word, char const* what) const {
  double value = 0;
  auto const slash = word.find('/');
  if (slash == std::string_view::npos) {
    if (!parse(word, value)) refuse("\"{}\" stands where {} is expected (a number)", word, what);
    return value;
  }
  double below = 0;
  if (!parse(trimmed(word.substr(0, slash)), value) || !parse(trimmed(word.substr(slash + 1)), below) || below == 0) {
    refuse("\"{}\" stands where {} is expected (a number or a fraction)", word, what);
  }
  return value / below;
}

TextFile::Range TextFile::range(std::string_view word) const {
  if (!word.starts_with('[')) {
    auto const exact = real(word, "a probability");
    return {exact, exact, false};
  }
  if (!word.ends_with(']')) refuse("\"{}\": the interval has no closing bracket", word);
  auto const ends = parts_of(word.substr(1, word.size() - 2), ',');
  if (ends.size() != 2) refuse("\"{}\" stands where an interval [low, high] is expected", word);
  return {real(ends[0], "a probability"), real(ends[1], "a probability"), true};
}

}  // namespace bellshard::io
