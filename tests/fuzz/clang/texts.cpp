// Documents, tables of layers, word vectors and piece models.
#include <mpi.h>

#include "io/text/document_source.hpp"
#include "io/text/json_line.hpp"
#include "io/text/line_source.hpp"
#include "io/text/vector_lines.hpp"
#include "src/allocation/table.hpp"
#include "src/corpus/piece_model.hpp"
#include "tests/fuzz/clang/readers.hpp"
#include "tests/fuzz/clang/scratch.hpp"

namespace bellshard::fuzz {
namespace {

/// Names, texts and ids of a share's documents, and how many were passed over.
std::string told(io::DocumentFiles const& files, int part, int parts, std::int64_t& skipped) {
  std::string all;
  io::DocumentSource source(files, part, parts);
  while (source.next()) {
    auto const& document = source.document();
    all += fmt::format("{}@{}:{}|{}", document.name, document.place.file, document.place.byte, document.text);
    for (auto const id : document.ids) all += fmt::format(" {}", id);
    all += '\n';
  }
  skipped += source.skipped();
  return all;
}

}  // namespace

void read_json_line(std::string_view bytes) {
  static io::JsonLine line;
  std::string padded(bytes);
  padded.resize(bytes.size() + io::LineSource::padding);
  io::valid_utf8(bytes);
  if (!line.parse(std::string_view(padded).substr(0, bytes.size())).empty()) return;
  std::vector<std::uint32_t> ids;
  for (auto const* field : {"text", "id", "ids", "losses", "costs"}) {
    line.has(field);
    line.text(field);
    line.word(field);
    line.number(field);
    line.ids(field, ids);
    line.numbers(field, -1);
    line.wholes(field);
  }
}

/// The first byte says how they are read. However many ranks share the files, they find the same documents.
void read_documents(std::string_view bytes) {
  if (bytes.empty()) return;
  auto const way = bytes[0];
  bytes.remove_prefix(1);
  Scratch const scratch;
  io::DocumentFiles files;
  auto const half = (way & 8) != 0 ? bytes.size() / 2 : bytes.size();
  files.paths.push_back(scratch.write("a.jsonl", bytes.substr(0, half)));
  if (half < bytes.size()) files.paths.push_back(scratch.write("b.jsonl", bytes.substr(half)));
  files.format = (way & 1) != 0 ? io::DocumentFormat::text : io::DocumentFormat::automatic;
  files.ids_field = (way & 2) != 0 ? "ids" : "";
  files.broken = (way & 4) != 0 ? io::BrokenDocument::refuse : io::BrokenDocument::skip;
  std::int64_t skipped = 0, skipped_by_all = 0;
  auto const whole = told(files, 0, 1, skipped);
  std::string together;
  for (int part = 0; part < 3; ++part) together += told(files, part, 3, skipped_by_all);
  if (whole != together || skipped != skipped_by_all) report(fmt::format("3 ranks read other documents than one:\n{}--- {}\n{}--- {}", whole, skipped, together, skipped_by_all));
}

void read_layer_table(std::string_view bytes) {
  Scratch const scratch;
  allocation::read_table(MPI_COMM_SELF, scratch.write("layers.jsonl", bytes));
}

void read_word_vectors(std::string_view bytes) {
  Scratch const scratch;
  io::VectorLines lines(scratch.write("vectors.txt", bytes));
  while (lines.next()) {
    if (lines.word().empty() || static_cast<std::int64_t>(lines.values().size()) != lines.components()) report("a line without a word, or with other components");
  }
}

void read_piece_model(std::string_view bytes) {
  corpus::PieceModel const model(std::vector<std::uint8_t>(bytes.begin(), bytes.end()), "m.model");
  for (std::string_view const text : {"", "the cat", "a  b\tc\n", "\xe2\x96\x81g\xc3\xbc", "\xff\xfe broken", "aaaaaaaaaaaaaaaa"}) {
    std::vector<corpus::TokenId> tokens;
    model.cut(text, [&](corpus::CutToken const& token) {
      if (token.begin < 0 || token.begin > token.end || token.end > static_cast<std::int64_t>(text.size())) report("a piece lies outside its text");
      if (token.id < 1 || token.id > model.pieces()) report("a token is no piece of the model");
      tokens.push_back(token.id);
    });
    model.text(tokens);
    model.token(text);
  }
}

}  // namespace bellshard::fuzz
