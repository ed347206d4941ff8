#include "src/corpus/index_file.hpp"

#include <algorithm>
#include <cmath>

namespace bellshard::corpus {
namespace {

bool rises(std::vector<std::int64_t> const& offset) { return offset.front() == 0 && std::is_sorted(offset.begin(), offset.end()); }

}  // namespace

IndexFile::IndexFile(MPI_Comm comm, std::filesystem::path const& path) : file_(comm, path) {
  auto const schema = file_.text_attribute("/", "schema");
  BELLSHARD_INPUT(schema == "bellshard.corpus_index", "{}: is no index of a corpus ({}); make one with `bellshard run corpus_index`", path.string(),
                  schema ? "its schema is " + *schema : "it has no schema");
  auto const word = [&](char const* name) { return file_.text_attribute("/results", name).value_or(""); };
  auto const largest = file_.number_attribute("/results", "largest_token");
  bool const described = largest && (word("tokens") == "words" || word("tokens") == "ids" || word("tokens") == "sentencepiece") && file_.has("/results/token") && file_.has("/results/suffix");
  BELLSHARD_INPUT(described, "{}: the index is incomplete; make it again with `bellshard run corpus_index`", path.string());
  tokens_ = word("tokens") == "ids" ? Tokens::ids : word("tokens") == "words" ? Tokens::words : Tokens::sentencepiece;
  rule_.letter_case = word("case") == "keep" ? LetterCase::keep : LetterCase::fold;
  rule_.punctuation = word("punctuation") == "keep" ? Punctuation::keep : Punctuation::drop;
  BELLSHARD_INPUT(*largest >= 0 && *largest < no_word, "{}: its largest_token is {} (must lie in [0, {})); make the index again", path.string(), *largest, no_word);
  largest_ = static_cast<TokenId>(*largest);
  part_offset_ = file_.read_all<std::int64_t>("/results/part_offset");
  part_document_ = file_.read_all<std::int64_t>("/results/part_document");
  auto const shape = file_.shape("/results/token");
  bool const whole = shape.size() == 1 && part_offset_.size() > 1 && part_offset_.size() == part_document_.size() && part_offset_.back() == shape[0] && file_.shape("/results/suffix") == shape && rises(part_offset_) && rises(part_document_);
  BELLSHARD_INPUT(whole, "{}: /results/part_offset does not fit /results/token; make the index again with `bellshard run corpus_index`", path.string());
  if (tokens_ != Tokens::sentencepiece) return;
  auto bytes = file_.has("/results/tokenizer_model") ? file_.read_all<std::uint8_t>("/results/tokenizer_model") : std::vector<std::uint8_t>{};
  BELLSHARD_INPUT(word("tokenizer_xxh3") == fmt::format("{:016x}", checksum(bytes.data(), bytes.size())),
                  "{}: /results/tokenizer_model is not the one that the corpus was cut by (its XXH3 is another); make the index again", path.string());
  together(comm, [&] { model_ = std::make_shared<PieceModel const>(std::move(bytes), path.string() + ": /results/tokenizer_model"); });
}

void IndexFile::cut(std::string_view text, Vocabulary const& vocabulary, TakeToken const& take) const {
  if (tokens_ == Tokens::words) {
    for (Words words(text, rule_); words.next();) take({vocabulary.id(words.word()), words.begin(), words.end()});
  } else if (tokens_ == Tokens::sentencepiece) {
    // What no piece stands for is the same token whatever it was, and so must not match.
    model_->cut(text, [&](CutToken const& token) { take({token.id <= largest_ && token.id != model_->unknown() ? token.id : no_word, token.begin, token.end}); });
  }
}

std::string IndexFile::text(Vocabulary const& vocabulary, std::span<TokenId const> tokens) const {
  if (model_) return model_->text(tokens);
  std::string text;
  for (auto const id : tokens) {
    text += text.empty() ? "" : " ";
    text += tokens_ == Tokens::words ? std::string(vocabulary.word(id)) : fmt::format("{}", id - 1);
  }
  return text;
}

Vocabulary IndexFile::read_vocabulary() const {
  if (tokens_ != Tokens::words) return {};
  auto const letters = file_.read_all<std::uint8_t>("/results/word_letters");
  return {{letters.begin(), letters.end()}, file_.read_all<std::int64_t>("/results/word_offset"), file_.read_all<std::int64_t>("/results/word_count")};
}

WordVectors IndexFile::read_vectors() const {
  auto const& path = file_.path().string();
  BELLSHARD_INPUT(has_vectors(), "{}: the index has no word vectors; make it again with vectors.components = 100, or with vectors.file", path);
  auto const shape = file_.shape("/results/vector");
  BELLSHARD_INPUT(shape.size() == 2 && shape[0] <= static_cast<std::int64_t>(largest_), "{}: /results/vector does not fit the vocabulary; make the index again", path);
  WordVectors vectors{shape[0], shape[1], file_.read_all<float>("/results/vector")};
  for (std::int64_t k = 0; k < vectors.words; ++k) {
    double squares = 0;
    for (std::int64_t c = 0; c < vectors.components; ++c) squares += std::pow(static_cast<double>(vectors.value[static_cast<std::size_t>(k * vectors.components + c)]), 2);
    BELLSHARD_INPUT(squares == 0 || std::abs(squares - 1) < 1e-4, "{}: /results/vector[{}] has the length {}, neither 1 nor 0; make the index again", path, k, std::sqrt(squares));
  }
  return vectors;
}

std::vector<std::int64_t> IndexFile::read_document_offsets(Block documents) const {
  std::vector<std::int64_t> offset(documents.empty() ? 0 : static_cast<std::size_t>(documents.size()) + 1);
  file_.read<std::int64_t>("/results/document_offset", offset.empty() ? Block{} : Block{documents.begin, documents.end + 1}, offset);
  return offset;
}

std::string IndexFile::read_document_name(std::int64_t document) const {
  std::vector<std::int64_t> border(2);
  file_.read<std::int64_t>("/results/document_name_offset", {document, document + 2}, border);
  std::vector<std::uint8_t> letters(static_cast<std::size_t>(border[1] - border[0]));
  file_.read<std::uint8_t>("/results/document_name", {border[0], border[1]}, letters);
  return {letters.begin(), letters.end()};
}

}  // namespace bellshard::corpus
