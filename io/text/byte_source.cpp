#include "io/text/byte_source.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

#include "src/base/error.hpp"

namespace bellshard::io {
namespace {

using namespace std::string_view_literals;

constexpr std::array magic_numbers = {"\x1f\x8b"sv, "\xfd"
                                                    "7zXZ"sv,
                                      "\x28\xb5\x2f\xfd"sv, "BZh"sv};
constexpr std::size_t block_bytes = std::size_t{1} << 18;

struct CloseArchive {
  void operator()(archive* opened) const { archive_read_free(opened); }
};

std::ifstream opened(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  BELLSHARD_INPUT(in.good() && !std::filesystem::is_directory(path), "{}: cannot be read{}; check the path and its permissions", path.string(),
                  std::filesystem::is_directory(path) ? ": it is a folder" : "");
  return in;
}

}  // namespace

struct ByteSource::Impl {
  std::filesystem::path path;
  std::ifstream plain;
  std::unique_ptr<archive, CloseArchive> packed;

  std::size_t read(std::span<char> bytes) {
    if (!packed) {
      plain.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
      BELLSHARD_INPUT(!plain.bad(), "{}: reading failed; copy it again", path.string());
      return static_cast<std::size_t>(plain.gcount());
    }
    auto const got = archive_read_data(packed.get(), bytes.data(), bytes.size());
    BELLSHARD_INPUT(got >= 0, "{}: cannot be unpacked: {}; compress or copy it again", path.string(), reason());
    return static_cast<std::size_t>(got);
  }

  char const* reason() const {
    auto const* text = archive_error_string(packed.get());
    return text != nullptr ? text : "it is damaged";
  }
};

bool is_compressed(std::filesystem::path const& path) {
  auto in = opened(path);
  std::array<char, 6> head{};
  in.read(head.data(), head.size());
  std::string_view const begin(head.data(), static_cast<std::size_t>(in.gcount()));
  return std::ranges::any_of(magic_numbers, [&](auto magic) { return begin.starts_with(magic); });
}

ByteSource::ByteSource(std::filesystem::path path, std::int64_t offset) : impl_(new Impl{std::move(path), {}, nullptr}) {
  if (!is_compressed(impl_->path)) {
    impl_->plain = opened(impl_->path);
    impl_->plain.seekg(offset);
    return;
  }
  impl_->packed.reset(archive_read_new());
  auto* const packed = impl_->packed.get();
  // These four alone: libarchive unpacks some of the others by starting a program.
  archive_read_support_filter_gzip(packed);
  archive_read_support_filter_xz(packed);
  archive_read_support_filter_zstd(packed);
  archive_read_support_filter_bzip2(packed);
  archive_read_support_format_raw(packed);
  archive_entry* entry = nullptr;
  bool const ready = archive_read_open_filename(packed, impl_->path.c_str(), block_bytes) == ARCHIVE_OK &&
                     archive_read_next_header(packed, &entry) == ARCHIVE_OK;
  BELLSHARD_INPUT(ready, "{}: cannot be unpacked: {}; compress or copy it again", impl_->path.string(), impl_->reason());
  std::vector<char> skipped(block_bytes);
  while (offset > 0) {
    auto const got = impl_->read(std::span(skipped).first(std::min<std::size_t>(skipped.size(), static_cast<std::size_t>(offset))));
    BELLSHARD_INPUT(got > 0, "{}: became shorter while it was read; run again when nobody writes to it", impl_->path.string());
    offset -= static_cast<std::int64_t>(got);
  }
}

ByteSource::~ByteSource() = default;
ByteSource::ByteSource(ByteSource&&) noexcept = default;
ByteSource& ByteSource::operator=(ByteSource&&) noexcept = default;

std::size_t ByteSource::read(std::span<char> bytes) { return impl_->read(bytes); }

}  // namespace bellshard::io
