#include "src/corpus/piece_model.hpp"

#include <sentencepiece_processor.h>

#include <fstream>
#include <iterator>

#include "src/base/error.hpp"

namespace bellshard::corpus {
namespace {

std::vector<std::uint8_t> bytes_of(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  BELLSHARD_INPUT(in.is_open() && !in.bad(), "{}: cannot be read; check the path and its permissions", path.string());
  return bytes;
}

}  // namespace

struct PieceModel::Impl {
  sentencepiece::SentencePieceProcessor processor;

  sentencepiece::util::Status load(std::span<std::uint8_t const> bytes) {
    auto const wrong = [](char const* reason) { return sentencepiece::util::Status(sentencepiece::util::StatusCode::kInvalidArgument, reason); };
    if (bytes.empty()) return wrong("it is empty");
    try {
      return processor.LoadFromSerializedProto({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
    } catch (std::exception const& error) {  // of its table of pieces
      return wrong(error.what());
    }
  }
};

PieceModel::PieceModel(std::filesystem::path const& file) : PieceModel(bytes_of(file), file.string()) {}

PieceModel::PieceModel(std::vector<std::uint8_t> bytes, std::string const& origin) : bytes_(std::move(bytes)), impl_(std::make_unique<Impl>()) {
  auto const status = impl_->load(bytes_);
  std::string_view const reason = status.ok() ? "it has no pieces" : status.error_message();
  bool const foreign = reason.find("ParseFromArray") != reason.npos;
  BELLSHARD_INPUT(status.ok() && pieces() > 0, "{}: is no SentencePiece model ({}); spm_train writes one, NAME.model", origin, foreign ? "it has another format" : reason);
}

PieceModel::~PieceModel() = default;

TokenId PieceModel::pieces() const { return static_cast<TokenId>(impl_->processor.GetPieceSize()); }

void PieceModel::cut(std::string_view text, TakeToken const& take) const {
  BELLSHARD_INPUT(text.size() < INT32_MAX, "a text of 2 GiB or more cannot be cut into pieces; cut it into documents");
  auto const cut = impl_->processor.EncodeAsImmutableProto(text);
  for (std::size_t k = 0; k < cut.pieces_size(); ++k) {
    auto const piece = cut.pieces(static_cast<int>(k));
    take({piece.id() + 1, piece.begin(), piece.end()});
  }
}

TokenId PieceModel::unknown() const { return static_cast<TokenId>(impl_->processor.unk_id()) + 1; }

TokenId PieceModel::token(std::string_view piece) const {
  auto const id = impl_->processor.PieceToId(piece);
  return id >= 0 && impl_->processor.IdToPiece(id) == piece ? static_cast<TokenId>(id) + 1 : no_word;
}

std::string PieceModel::text(std::span<TokenId const> tokens) const {
  std::vector<int> ids;
  for (auto const token : tokens) ids.push_back(static_cast<int>(token) - 1);
  return impl_->processor.DecodeIds(ids);
}

}  // namespace bellshard::corpus
