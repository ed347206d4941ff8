#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/corpus/vocabulary.hpp"

namespace bellshard::corpus {

/// A token with the bytes of the text that it was cut from.
struct CutToken {
  TokenId id = separator;
  std::int64_t begin = 0, end = 0;
};
using TakeToken = std::function<void(CutToken const&)>;

/// A SentencePiece model, unigram or byte pairs, which cuts texts into pieces. The piece k of the model is the token k + 1.
class PieceModel {
 public:
  explicit PieceModel(std::filesystem::path const& file);               ///< exit 4 where it is none
  PieceModel(std::vector<std::uint8_t> bytes, std::string const& origin);  ///< origin: for the message
  ~PieceModel();

  std::span<std::uint8_t const> bytes() const { return bytes_; }  ///< of the model's file
  TokenId pieces() const;
  void cut(std::string_view text, TakeToken const& take) const;
  TokenId unknown() const;                      ///< the token of what no piece stands for
  TokenId token(std::string_view piece) const;  ///< no_word where the model does not have it
  std::string text(std::span<TokenId const> tokens) const;

 private:
  struct Impl;
  std::vector<std::uint8_t> bytes_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellshard::corpus
