#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "src/base/hash.hpp"
#include "src/dist/mail.hpp"

namespace bellshard::corpus {

using TokenId = std::uint32_t;
inline constexpr TokenId separator = 0;           ///< stands behind every document of a corpus
inline constexpr TokenId no_word = 0xFFFFFFFF;    ///< a word that the corpus does not have; stands behind every text that is searched for

struct WordHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view word) const { return checksum(word); }
};

/// Words of one rank with how often they came.
class WordCounts {
 public:
  void add(std::string_view word) {
    auto const found = counts_.find(word);
    if (found != counts_.end()) ++found->second;
    else counts_.emplace(word, 1);
  }
  auto begin() const { return counts_.begin(); }
  auto end() const { return counts_.end(); }

 private:
  std::unordered_map<std::string, std::int64_t, WordHash, std::equal_to<>> counts_;
};

/// The words of a corpus, the same on every rank: id 1 is the most frequent one; words that come equally often stand in the order of their bytes.
class Vocabulary {
 public:
  Vocabulary() = default;
  /// letters: all words one after the other; offset [words + 1].
  Vocabulary(std::vector<char> letters, std::vector<std::int64_t> offset, std::vector<std::int64_t> count);
  Vocabulary(Vocabulary const&) = delete;  // ids_ points into letters_
  Vocabulary& operator=(Vocabulary const&) = delete;
  Vocabulary(Vocabulary&&) noexcept = default;
  Vocabulary& operator=(Vocabulary&&) noexcept = default;

  std::int64_t size() const { return static_cast<std::int64_t>(count_.size()); }
  TokenId id(std::string_view word) const {
    auto const found = ids_.find(word);
    return found != ids_.end() ? found->second : no_word;
  }
  std::string_view word(TokenId id) const {
    return {letters_.data() + offset_[id - 1], static_cast<std::size_t>(offset_[id] - offset_[id - 1])};
  }
  std::int64_t count(TokenId id) const { return count_[id - 1]; }

  std::span<char const> letters() const { return letters_; }
  std::span<std::int64_t const> offsets() const { return offset_; }
  std::span<std::int64_t const> counts() const { return count_; }

 private:
  std::vector<char> letters_;
  std::vector<std::int64_t> offset_{0};
  std::vector<std::int64_t> count_;
  std::unordered_map<std::string_view, TokenId, WordHash, std::equal_to<>> ids_;  ///< into letters_
};

/// All ranks' words in one vocabulary. Each word's counts meet on one rank, by its hash. Collective.
Vocabulary merge(MPI_Comm comm, WordCounts const& own);

}  // namespace bellshard::corpus
