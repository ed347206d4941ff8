#pragma once
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/error.hpp"

namespace bellshard::io {

/// A text file of a foreign format, line by line. Failures name the file and the line: "m.drn:14: ...".
class TextFile {
 public:
  explicit TextFile(std::filesystem::path path);  ///< exit 4 where it cannot be read

  /// The next line without its end (LF or CR LF) and without blanks at both ends; false behind the last one.
  bool next();
  /// The same, passing over empty lines and those that begin with `comment`.
  bool next_content(std::string_view comment);
  std::string_view line() const { return line_; }
  std::int64_t number() const { return number_; }  ///< of the line: 1, 2, ...
  std::string place() const;                       ///< "m.drn:14"

  template <class... Args>
  [[noreturn]] void refuse(fmt::format_string<Args...> text, Args&&... args) const {
    fail(ExitCode::bad_input, "{}: {}", place(), fmt::format(text, std::forward<Args>(args)...));
  }

  /// A whole number, 0 or more; or any number (1/3 too), which `what` names in the refusal.
  std::int64_t index(std::string_view word, char const* what) const;
  double real(std::string_view word, char const* what) const;
  /// "0.5" or "[0.4, 0.6]".
  struct Range {
    double lower = 0;
    double upper = 0;
    bool interval = false;
  };
  Range range(std::string_view word) const;

 private:
  std::filesystem::path path_;
  std::ifstream in_;
  std::string buffer_;
  std::string_view line_;
  std::int64_t number_ = 0;
};

std::string_view trimmed(std::string_view text);
/// Words between blanks.
std::vector<std::string_view> words_of(std::string_view line);
/// Parts between separators, trimmed; of an empty text none.
std::vector<std::string_view> parts_of(std::string_view text, char separator);

}  // namespace bellshard::io
