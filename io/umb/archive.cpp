#include "io/umb/archive.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

#include "io/hdf5/pending_path.hpp"
#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using Reader = std::unique_ptr<archive, decltype(&archive_read_free)>;
using Writer = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

std::string words_of(archive* archive) {
  auto const* const text = archive_error_string(archive);
  return text != nullptr ? text : "no reason given";
}

/// "./a/b" and "/a/b" are "a/b".
std::string plain_name(std::string name) {
  while (name.starts_with("./")) name.erase(0, 2);
  return name.erase(0, name.find_first_not_of('/'));
}

std::vector<std::byte> content_of(archive* archive, std::string const& path, std::string const& name) {
  std::vector<std::byte> bytes;
  void const* block = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  int code = ARCHIVE_OK;
  while ((code = archive_read_data_block(archive, &block, &size, &offset)) == ARCHIVE_OK) {
    // A hole takes no room in the archive, however much it claims.
    BELLSHARD_INPUT(offset == static_cast<la_int64_t>(bytes.size()), "{}: {} is packed as a file with holes; pack it without --sparse", path, name);
    bytes.insert(bytes.end(), static_cast<std::byte const*>(block), static_cast<std::byte const*>(block) + size);
  }
  BELLSHARD_INPUT(code == ARCHIVE_EOF, "{}: {} is truncated or damaged ({}); make or copy it again", path, name, words_of(archive));
  return bytes;
}

void write_entries(std::filesystem::path const& path, PendingPath const& pending, ArchiveContents const& contents) {
  Writer const writer(archive_write_new(), archive_write_free);
  auto const must = [&](la_ssize_t code) {
    if (code < 0) fail(ExitCode::cannot_write, "{}", pending.message(words_of(writer.get())));
  };
  must(archive_write_add_filter_gzip(writer.get()));
  must(archive_write_set_filter_option(writer.get(), "gzip", "timestamp", nullptr));  // the same bytes tomorrow
  must(archive_write_set_format_pax_restricted(writer.get()));
  must(archive_write_open_filename(writer.get(), path.c_str()));
  for (auto const& [name, bytes] : contents) {
    Entry const entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    must(archive_write_header(writer.get(), entry.get()));
    must(archive_write_data(writer.get(), bytes.data(), bytes.size()));
  }
  must(archive_write_close(writer.get()));
}

}  // namespace

ArchiveEntries read_archive(std::filesystem::path const& path, ArchiveKind kind) {
  auto const text = path.string();
  BELLSHARD_INPUT(std::filesystem::exists(path), "{}: there is no such file; check the path (it counts from the working directory)", text);
  BELLSHARD_INPUT(!std::filesystem::is_directory(path), "{}: is a folder; name a file in it", text);
  Reader const reader(archive_read_new(), archive_read_free);
  if (kind == ArchiveKind::tar) {
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_format_tar(reader.get());
  } else {
    archive_read_support_format_zip(reader.get());
  }
  constexpr std::size_t block = std::size_t{1} << 18;
  BELLSHARD_INPUT(archive_read_open_filename(reader.get(), path.c_str(), block) == ARCHIVE_OK,
                  "{}: is no {}, or a damaged one ({}); make or copy it again", text,
                  kind == ArchiveKind::tar ? "tar file, plain or compressed with gzip or xz" : "zip file", words_of(reader.get()));
  ArchiveEntries entries;
  archive_entry* entry = nullptr;
  int code = ARCHIVE_OK;
  while ((code = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    auto const* const raw = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || raw == nullptr) continue;
    auto name = plain_name(raw);
    auto bytes = content_of(reader.get(), text, name);
    entries[std::move(name)] = std::move(bytes);
  }
  BELLSHARD_INPUT(code == ARCHIVE_EOF, "{}: is truncated or damaged ({}); make or copy it again", text, words_of(reader.get()));
  return entries;
}

void write_archive(std::filesystem::path const& path, ArchiveContents const& contents) {
  PendingPath const pending(path);
  pending.create();
  try {
    write_entries(pending.growing(), pending, contents);
    pending.sync();
    pending.publish();
  } catch (...) {
    pending.discard();
    throw;
  }
}

}  // namespace bellshard::io
