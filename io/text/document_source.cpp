#include "io/text/document_source.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/text/json_line.hpp"
#include "io/text/line_source.hpp"
#include "src/base/block.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

constexpr std::size_t first_text = std::size_t{1} << 16;
constexpr std::int64_t all = INT64_MAX;

bool is_jsonl(std::filesystem::path path, DocumentFormat format) {
  if (format != DocumentFormat::automatic) return format == DocumentFormat::jsonl;
  for (auto const* packed : {".gz", ".xz", ".zst", ".bz2"}) {
    if (path.extension() == packed) path.replace_extension();
  }
  return path.extension() == ".jsonl" || path.extension() == ".ndjson";
}

}  // namespace

struct DocumentSource::Impl {
  struct File {
    std::filesystem::path path;
    bool jsonl = false;
    Block bytes;  ///< documents that begin here are ours; as the file is read
  };

  DocumentFiles const files;
  std::vector<File> mine;       ///< by number of the file; those of others have an empty block
  std::size_t at = 0;           ///< the file at hand
  std::int64_t left = all;      ///< documents still to come
  std::unique_ptr<LineSource> lines;
  JsonLine json;
  std::vector<char> whole;      ///< a text file
  Document document;
  std::int64_t skipped = 0;
  std::string first_skipped;
  double bytes_read = 0;

  explicit Impl(DocumentFiles const& asked) : files(asked) {
    for (auto const& path : files.paths) mine.push_back({path, is_jsonl(path, files.format), {}});
  }

  /// false: the document is broken and passed over.
  bool broken(std::string const& reason) {
    auto const& file = mine[at];
    auto const place = file.jsonl ? fmt::format("{}:{}", file.path.string(), line_number(file.path, document.place.byte)) : file.path.string();
    BELLSHARD_INPUT(files.broken == BrokenDocument::skip, "{}: {}; mend it, or pass over such documents with {} = \"skip\"", place, reason, files.broken_key);
    if (skipped++ == 0) first_skipped = fmt::format("{}: {}", place, reason);
    return false;
  }

  bool take_line() {
    auto const line = lines->line();
    document.place = {static_cast<std::int64_t>(at), lines->offset()};
    bytes_read += static_cast<double>(line.size());
    if (!valid_utf8(line)) return broken("broken UTF-8");
    if (auto const wrong = json.parse(line); !wrong.empty()) return broken(wrong);
    if (!files.ids_field.empty()) {
      document.text = {};
      if (!json.ids(files.ids_field, document.ids)) return broken(fmt::format("the field \"{}\" is absent or no array of token ids", files.ids_field));
    } else {
      auto const text = json.text(files.text_field);
      if (!text) return broken(fmt::format("the field \"{}\" is absent or no text", files.text_field));
      document.text = *text;
    }
    document.more.clear();
    for (auto const& field : files.more_fields) {
      auto const word = json.word(field);
      if (!word) return broken(fmt::format("the field \"{}\" is absent or no text", field));
      document.more.push_back(*word);
    }
    auto const name = json.word(files.name_field);
    document.name = name && !name->empty() ? *name : fmt::format("{}#{}", mine[at].path.filename().string(), lines->offset());
    return true;
  }

  bool take_text() {
    auto const& path = mine[at].path;
    ByteSource source(path);
    std::size_t size = 0;
    for (std::size_t got = 1; got > 0; size += got) {
      whole.resize(std::max(first_text, size < whole.size() ? whole.size() : 2 * whole.size()));
      got = source.read(std::span(whole).subspan(size));
    }
    document.place = {static_cast<std::int64_t>(at), 0};
    document.name = path.string();
    document.text = {whole.data(), size};
    document.more.assign(files.more_fields.size(), "");
    bytes_read += static_cast<double>(size);
    if (!files.ids_field.empty()) return broken("a text has no token ids; give JSONL, or take corpus.tokens = \"words\"");
    return valid_utf8(document.text) || broken("broken UTF-8");
  }

  void open_lines() {
    auto const begin = mine[at].bytes.begin;
    if (begin <= 0) {
      lines = std::make_unique<LineSource>(mine[at].path);
      return;
    }
    // The line that holds the byte before belongs to somebody else; where that byte is its end, only the end is passed over.
    lines = std::make_unique<LineSource>(mine[at].path, begin - 1);
    lines->next();
  }

  bool next() {
    for (; at < mine.size() && left > 0; ++at, lines.reset()) {
      if (mine[at].bytes.empty()) continue;
      if (!mine[at].jsonl) {
        if (!take_text()) continue;
        ++at;
        --left;
        return true;
      }
      if (!lines) open_lines();
      while (lines->next() && lines->offset() < mine[at].bytes.end) {
        auto const line = lines->line();
        if (line.find_first_not_of(" \t\r") == std::string_view::npos || !take_line()) continue;
        --left;
        return true;
      }
    }
    return false;
  }
};

DocumentSource::DocumentSource(DocumentFiles const& files, int part, int parts) : impl_(new Impl(files)) {
  std::vector<std::int64_t> first{0};
  for (auto const& path : files.paths) {
    std::error_code error;
    auto const size = std::filesystem::is_directory(path) ? 0 : std::filesystem::file_size(path, error);
    BELLSHARD_INPUT(!error, "{}: cannot be read: {}; check the path and its permissions", path.string(), error.message());
    first.push_back(first.back() + static_cast<std::int64_t>(size));
  }
  auto const cut = [&](int k) { return k == parts ? all : static_cast<std::int64_t>(static_cast<__int128>(first.back()) * k / parts); };
  Block const share{cut(part), cut(part + 1)};
  for (std::size_t f = 0; f < impl_->mine.size(); ++f) {
    auto& file = impl_->mine[f];
    if (share.begin >= std::max(first[f + 1], first[f] + 1) || share.end <= first[f]) continue;
    if (file.jsonl && !is_compressed(file.path)) {
      file.bytes = {std::max<std::int64_t>(0, share.begin - first[f]), share.end == all ? all : share.end - first[f]};
    } else if (share.contains(first[f])) {
      file.bytes = {0, all};
    }
  }
}

DocumentSource::DocumentSource(DocumentFiles const& files, DocumentPlace first, std::int64_t count) : impl_(new Impl(files)) {
  for (auto f = static_cast<std::size_t>(first.file); f < impl_->mine.size(); ++f) impl_->mine[f].bytes = {0, all};
  if (count > 0) impl_->mine[static_cast<std::size_t>(first.file)].bytes.begin = first.byte;
  impl_->at = static_cast<std::size_t>(first.file);
  impl_->left = count;
}

DocumentSource::~DocumentSource() = default;

bool DocumentSource::next() { return impl_->next(); }
Document const& DocumentSource::document() const { return impl_->document; }
std::int64_t DocumentSource::skipped() const { return impl_->skipped; }
std::string const& DocumentSource::first_skipped() const { return impl_->first_skipped; }
double DocumentSource::bytes_read() const { return impl_->bytes_read; }

}  // namespace bellshard::io
