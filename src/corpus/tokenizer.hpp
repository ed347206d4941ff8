#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace bellshard::corpus {

enum class LetterCase { fold, keep };
enum class Punctuation { drop, keep };

/// How a text becomes words; an index remembers it, and targets are cut the same way.
struct WordRule {
  LetterCase letter_case = LetterCase::fold;
  Punctuation punctuation = Punctuation::drop;
  friend bool operator==(WordRule const&, WordRule const&) = default;
};

/// Cuts UTF-8 text into words, one after the other.
///
/// A word is a longest run of letters, marks and numbers (general categories L, M, N of Unicode), in which apostrophes (' and U+2019) between two
/// such characters count too. Every other character that is no blank and no control character (categories Z and C) is punctuation: dropped, or a word of its own.
/// A word is written in the form NFKC, with U+2019 as ', and folded to lower case (NFKC_Casefold) unless case is kept.
class Words {
 public:
  Words(std::string_view text, WordRule rule) : text_(text), rule_(rule) {}

  bool next();                                     ///< false behind the last word
  std::string_view word() const { return word_; }  ///< normalised; valid until the next call
  std::int64_t begin() const { return begin_; }    ///< bytes of the text that it was cut from
  std::int64_t end() const { return end_; }

 private:
  enum class Kind : std::uint8_t { gap, word, apostrophe, other };
  struct Letter {
    Kind kind;
    int bytes;
  };
  static Kind kind_of(std::int32_t code_point);
  Letter letter(std::size_t at) const;
  void normalise(bool ascii);

  std::string_view text_;
  WordRule rule_;
  std::string_view word_;
  std::string buffer_;
  std::int64_t begin_ = 0, end_ = 0;
};

}  // namespace bellshard::corpus
