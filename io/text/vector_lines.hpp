#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "io/text/line_source.hpp"

namespace bellshard::io {

/// A text file of word vectors, also compressed: a word and its numbers a line, apart by blanks (GloVe); where the first line is two whole
/// numbers, it says how many words and components follow (word2vec). A word may have blanks in it, where no piece of it behind the first is a number.
/// Exit 4 with file and line where a line has no word, another number of components than the first one, or something that is no finite number.
class VectorLines {
 public:
  explicit VectorLines(std::filesystem::path path);

  bool next();                                        ///< false behind the last line
  std::string_view word() const { return word_; }     ///< valid until the next call
  std::span<double const> values() const { return values_; }
  std::int64_t components() const { return components_; }  ///< 0 before the first line
  std::int64_t line() const { return line_; }

 private:
  void cut(std::string_view line);
  std::filesystem::path path_;
  LineSource lines_;
  std::vector<std::string_view> pieces_;
  std::string_view word_;
  std::vector<double> values_;
  std::int64_t components_ = 0, line_ = 0;
};

}  // namespace bellshard::io
