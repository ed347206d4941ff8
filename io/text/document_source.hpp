#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bellshard::io {

/// How files hold documents. automatic: by name, .jsonl (or .jsonl.gz, ...) is JSONL, all else text.
enum class DocumentFormat { automatic, jsonl, text };

/// What to do with a document that cannot be read (broken UTF-8, no JSON, a field absent).
enum class BrokenDocument { refuse, skip };

struct DocumentFiles {
  std::vector<std::filesystem::path> paths;
  DocumentFormat format = DocumentFormat::automatic;
  std::string text_field = "text";        ///< JSONL
  std::string ids_field = {};             ///< JSONL: an array of token ids in place of the text; "": none
  std::string name_field = "id";          ///< JSONL: where it is absent, a document is named FILE#BYTE
  std::vector<std::string> more_fields = {};  ///< JSONL: texts that documents must have, too
  BrokenDocument broken = BrokenDocument::refuse;
  std::string broken_key = "corpus.broken";  ///< of the job file, for messages
};

/// Where a document begins: file, and byte of the file (unpacked, where it is compressed).
struct DocumentPlace {
  std::int64_t file = 0;
  std::int64_t byte = 0;
};

struct Document {
  DocumentPlace place;
  std::string name;
  std::string_view text;           ///< UTF-8, checked; valid until the next document is read
  std::vector<std::uint32_t> ids;  ///< where ids_field is asked for
  std::vector<std::string> more;   ///< of more_fields
};

/// The documents of many files in order, or a share of them.
/// JSONL: a line is a document, empty lines are none. Text: a file is a document.
class DocumentSource {
 public:
  /// The documents of share `part` of `parts`: cut by bytes of the files as they lie on the disk; a document belongs to the share that holds its first
  /// byte, one of a compressed or a text file to the share that holds the first byte of the file.
  DocumentSource(DocumentFiles const& files, int part, int parts);
  /// `count` documents from this one on.
  DocumentSource(DocumentFiles const& files, DocumentPlace first, std::int64_t count);
  ~DocumentSource();

  bool next();
  Document const& document() const;
  std::int64_t skipped() const;               ///< broken documents so far
  std::string const& first_skipped() const;   ///< what was wrong with the first of them
  double bytes_read() const;                  ///< of documents [B]

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace bellshard::io
