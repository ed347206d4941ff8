#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/hdf5/input_file.hpp"
#include "src/corpus/corpus.hpp"
#include "src/corpus/word_vectors.hpp"

namespace bellshard::corpus {

/// An index as the job corpus_index writes it; exit 4 where the file is none. All calls are collective.
class IndexFile {
 public:
  IndexFile(MPI_Comm comm, std::filesystem::path const& path);

  io::InputFile const& file() const { return file_; }
  int parts() const { return static_cast<int>(part_offset_.size()) - 1; }
  Block positions(int part) const { return {part_offset_[static_cast<std::size_t>(part)], part_offset_[static_cast<std::size_t>(part) + 1]}; }
  Block documents(int part) const { return {part_document_[static_cast<std::size_t>(part)], part_document_[static_cast<std::size_t>(part) + 1]}; }
  std::int64_t all_positions() const { return part_offset_.back(); }
  std::int64_t all_documents() const { return part_document_.back(); }

  Tokens tokens() const { return tokens_; }
  /// Cuts a text as the corpus was cut; a token that the corpus does not have is no_word. Nothing where the corpus has ids. Not collective.
  void cut(std::string_view text, Vocabulary const& vocabulary, TakeToken const& take) const;
  /// Tokens for people. Not collective.
  std::string text(Vocabulary const& vocabulary, std::span<TokenId const> tokens) const;
  TokenId largest() const { return largest_; }
  std::int64_t token_bytes() const { return largest_ <= 0xFFFF ? 2 : 4; }
  Vocabulary read_vocabulary() const;  ///< empty where the tokens are no words

  bool has_vectors() const { return file_.has("/results/vector"); }
  WordVectors read_vectors() const;  ///< on every rank; exit 4 where the index has none, or a row is neither of length 1 nor 0

  /// First positions of these documents and the end of the last one.
  std::vector<std::int64_t> read_document_offsets(Block documents) const;
  std::string read_document_name(std::int64_t document) const;

 private:
  io::InputFile file_;
  std::vector<std::int64_t> part_offset_, part_document_;
  Tokens tokens_ = Tokens::words;
  WordRule rule_;
  std::shared_ptr<PieceModel const> model_;
  TokenId largest_ = 0;
};

}  // namespace bellshard::corpus
